/**
 * The command line's entry: `inmerge run ...`, `inmerge inspect ...`. It only reads the words, calls the command and turns
 * what it throws into one line. The process ends by itself, since `process.exit` while a GPU works can crash.
 */
import { StudioError } from '../base/errors.ts';
import { build } from '../base/build.ts';
import { readArguments } from './commandLine.ts';
import { collectRule, helpText, inspectRule, overviewText, reportRule, robustnessRule, rules, runRule } from './commands.ts';
import { errorLine } from './errorLine.ts';
import { nearest } from './nearest.ts';
import { stderrScreen } from './screen.ts';

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === '--version' || name === 'version') return say(`inmerge ${build}\n`);
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const rule = rules.find((each) => each.name === rest[0]);
    return say(rule === undefined ? overviewText() : helpText(rule));
  }
  const rule = rules.find((each) => each.name === name);
  if (rule === undefined) throw unknownCommand(name);
  if (rest.includes('--help') || rest.includes('-h')) return say(helpText(rule));
  const given = readArguments(rule, rest);
  const screen = stderrScreen();
  // Loaded where needed: help and refusals need no engine.
  if (rule === runRule) return (await import('./runCommand.ts')).runCommand(given, screen);
  if (rule === collectRule) return (await import('./collectCommand.ts')).collectCommand(given, screen);
  if (rule === inspectRule) return (await import('./inspectCommand.ts')).inspectCommand(given, screen);
  if (rule === reportRule) return (await import('./reportCommand.ts')).reportCommand(given, screen);
  if (rule === robustnessRule) return (await import('./robustnessCommand.ts')).robustnessCommand(given, screen);
  throw unknownCommand(name);
}

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}

function unknownCommand(name: string): StudioError {
  const names = rules.map((rule) => rule.name);
  const near = nearest(name, names);
  return new StudioError({
    code: 'command-unknown',
    message: `There is no command “${name}”.`,
    remedy: near === null ? `Commands: ${names.join(', ')}.` : `Did you mean “inmerge ${near}”?`,
  });
}

// Nobody reading any more (`inmerge ... | head`) is no reason to stop training.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (thrown) {
  process.stderr.write(`${errorLine(thrown)}\n`);
  process.exitCode = 1;
}
