/** How the command line says no: one line, `error <code>: <message> <remedy>`, whatever was thrown. */
import { errorData, StudioError, type StudioErrorData } from '../base/errors.ts';
import { IntakeRefused } from '../data/problems.ts';

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** The found/expected row, where the message itself does not name what was found. */
function evidence({ message, details }: StudioErrorData): string {
  const [row] = details ?? [];
  if (row === undefined || message.includes(row.found)) return '';
  return ` Found ${row.found} at ${row.where}, expected ${row.expected}.`;
}

export function problemLine(problem: StudioErrorData): string {
  const { code, fix, message, remedy } = problem;
  return oneLine(`error ${code}: ${message}${evidence(problem)} ${remedy ?? ''} ${fix ?? ''}`);
}

export function errorLine(thrown: unknown): string {
  const others = thrown instanceof IntakeRefused ? thrown.problems.length - 1 : 0;
  const more = others > 0 ? ` (${others} more: “inmerge inspect” lists them all.)` : '';
  if (thrown instanceof StudioError) return problemLine(thrown.toData()) + more;
  const { code, message } = errorData(thrown);
  const place = thrown instanceof Error ? (thrown.stack?.split('\n')[1]?.trim() ?? '') : '';
  return oneLine(`error ${code}: ${message} This is a fault of the program; please report it (${place}).`);
}
