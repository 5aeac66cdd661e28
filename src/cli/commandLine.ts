/**
 * The words after `inmerge`, read against a table of what each command takes: unknown options, missing values and words too
 * many are refused with the nearest name that exists. Knows nothing of what the commands do.
 */
import { StudioError } from '../base/errors.ts';
import { nearest } from './nearest.ts';

export interface OptionRule {
  /** With its dashes, e.g. `--data`. */
  readonly name: string;
  /** What its value is called in the help, e.g. `FILE`; null for a switch. */
  readonly value: string | null;
  /** May be given several times. */
  readonly repeats?: boolean;
  readonly help: string;
}

export interface CommandRule {
  readonly name: string;
  readonly usage: string;
  readonly about: string;
  /** Most words that are no options. */
  readonly words: number;
  readonly options: readonly OptionRule[];
  /** Paragraphs below the options. */
  readonly notes: readonly string[];
}

export interface Given {
  readonly words: readonly string[];
  /** Values by option; a switch has one empty value. */
  readonly options: ReadonlyMap<string, readonly string[]>;
}

/** @throws StudioError `option-unknown`, `option-value`, `option-repeated`, `words-left` */
export function readArguments(rule: CommandRule, args: readonly string[]): Given {
  const words: string[] = [];
  const options = new Map<string, string[]>();
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--') {
      words.push(...rest.splice(0));
      break;
    }
    if (!arg.startsWith('-') || arg === '-') {
      words.push(arg);
      continue;
    }
    const equals = arg.indexOf('=');
    const name = equals === -1 ? arg : arg.slice(0, equals);
    const option = rule.options.find((each) => each.name === name);
    if (option === undefined) throw unknownOption(rule, name);
    const values = options.get(name) ?? [];
    if (values.length > 0 && option.repeats !== true && option.value !== null) throw repeated(name, values[0] as string);
    options.set(name, values);
    values.push(
      option.value === null ? switchOf(name, equals === -1 ? null : arg.slice(equals + 1)) : valueOf(option, arg, equals, rest),
    );
  }
  if (words.length > rule.words) {
    throw new StudioError({
      code: 'words-left',
      message: `“${words[rule.words]}” is one word more than “inmerge ${rule.name}” takes.`,
      remedy: `Usage: ${rule.usage}`,
    });
  }
  return { words, options };
}

function unknownOption(rule: CommandRule, name: string): StudioError {
  const near = nearest(
    name,
    rule.options.map((option) => option.name),
  );
  const guess = near === null ? '' : `Did you mean ${near}? `;
  return new StudioError({
    code: 'option-unknown',
    message: `“inmerge ${rule.name}” has no option ${name}.`,
    remedy: `${guess}“inmerge ${rule.name} --help” lists them.`,
  });
}

function repeated(name: string, first: string): StudioError {
  return new StudioError({
    code: 'option-repeated',
    message: `${name} was given twice; the first time as “${first}”.`,
    remedy: 'Give it once.',
  });
}

function switchOf(name: string, value: string | null): string {
  if (value === null) return '';
  throw new StudioError({
    code: 'option-value',
    message: `${name} takes no value; “${value}” was given.`,
    remedy: `Write ${name} alone.`,
  });
}

function valueOf(option: OptionRule, arg: string, equals: number, rest: string[]): string {
  const value = equals === -1 ? rest.shift() : arg.slice(equals + 1);
  if (value !== undefined && value !== '' && !(equals === -1 && value.startsWith('--'))) return value;
  throw new StudioError({
    code: 'option-value',
    message: `${option.name} was given without its ${option.value}.`,
    remedy: `Write ${option.name} ${option.value}.`,
  });
}
