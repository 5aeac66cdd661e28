/** What can be said after `inmerge`, as a table that the help is printed from and the arguments are read against. */
import { presets } from '../recipe/presets.ts';
import type { CommandRule } from './commandLine.ts';

const help = { name: '--help', value: null, help: 'This text.' } as const;

export const runRule: CommandRule = {
  name: 'run',
  usage: 'inmerge run RECIPE --data FILE --out FOLDER [options]',
  about: 'Trains the backbone of each seed, then every arm from it, and writes the results into FOLDER.',
  words: 1,
  options: [
    { name: '--data', value: 'FILE', help: 'A MedMNIST-style .npz, or “sample” for the synthetic sample.' },
    { name: '--out', value: 'FOLDER', help: 'Where the results go; made if it is not there.' },
    {
      name: '--device',
      value: 'NAME',
      help: 'webgpu, wasm or cpu. Left out: webgpu on a graphics card, else wasm, with a note.',
    },
    {
      name: '--tiles',
      value: 'NAME',
      help: 'How the GPU cuts its kernels, e.g. 64x64x16, direct-4x4 or default. Left out: measured once on each GPU, then kept.',
    },
    {
      name: '--set',
      value: 'PATH=VALUE',
      repeats: true,
      help: 'Changes one field of the recipe, e.g. --set backbone.epochs=1 --set sweep.tau=[0.1,0.2]. Repeatable.',
    },
    { name: '--seeds', value: 'LIST', help: 'The seeds, e.g. 0,1,2 or 0-4: short for --set seeds=[...].' },
    {
      name: '--weights',
      value: 'FILE',
      repeats: true,
      help: 'A .safetensors that the recipe starts from, matched by its SHA-256, or by its name where the recipe has no digest. Repeatable.',
    },
    {
      name: '--runs',
      value: 'FOLDER',
      help: 'Keeps finished runs in FOLDER, and takes from it those that are there: a value or seed added later trains alone.',
    },
    { name: '--resume', value: null, help: 'Goes on from the checkpoint in FOLDER; RECIPE may then be left out.' },
    { name: '--overwrite', value: null, help: 'Replaces the results that FOLDER holds.' },
    { name: '--robustness', value: null, help: 'Once finished, also measures every run on corrupted test images.' },
    {
      name: '--checkpoint-seconds',
      value: 'N',
      help: 'Saves a checkpoint about every N seconds; 0 saves at every opportunity. Left out: 20, more where saving is slow.',
    },
    help,
  ],
  notes: [
    'RECIPE is a JSON file or the name of a preset:',
    ...presets.map(({ recipe, about }) => `  ${recipe.name.padEnd(16)} ${about}`),
    '',
    'Networks and start weights in short: --set start=vgg19.safetensors --weights vgg19.safetensors, or',
    `--set 'sweep.network=["vgg11","resnet18"]' --set 'sweep.start=["he"]'; the recipe’s other network settings hold for each.`,
    '',
    'Ctrl+C (or SIGTERM) saves a checkpoint and stops; --resume goes on from there, bit for bit. The exit code is 0 only where',
    'the experiment finished.',
  ],
};

export const inspectRule: CommandRule = {
  name: 'inspect',
  usage: 'inmerge inspect PATH',
  about:
    'Says what a file holds: a dataset (.npz), weights (.safetensors), a recipe (.json), a bundle (.inmerge.zip) or a folder of results.',
  words: 1,
  options: [help],
  notes: [],
};

export const collectRule: CommandRule = {
  name: 'collect',
  usage: 'inmerge collect FOLDER... --out FOLDER',
  about: 'Joins results folders of one recipe that was run in parts, seeds or arms here and there, into one.',
  words: 1000,
  options: [
    { name: '--out', value: 'FOLDER', help: 'Where the whole goes; made if it is not there.' },
    { name: '--overwrite', value: null, help: 'Replaces the results that FOLDER holds.' },
    help,
  ],
  notes: [
    'The parts may come from several machines, as long as their build is the same and all arms of a seed stand on the same',
    'backbone: give a machine whole seeds, or its --runs folder.',
  ],
};

export const reportRule: CommandRule = {
  name: 'report',
  usage: 'inmerge report PATH [--out FOLDER]',
  about:
    'Writes the report of an experiment: HTML, tables (CSV, LaTeX), figures (SVG, pgfplots), NumPy arrays, a PyTorch script and the bundle.',
  words: 1,
  options: [
    { name: '--out', value: 'FOLDER', help: 'Where the report goes. Left out: “report” in the folder of results.' },
    help,
  ],
  notes: [
    'PATH is a folder of results, an experiment.inmerge or a bundle (.inmerge.zip). Of an unfinished experiment it',
    'reports what the last checkpoint knows.',
  ],
};

export const robustnessRule: CommandRule = {
  name: 'robustness',
  usage: 'inmerge robustness FOLDER --data FILE [options]',
  about: 'Measures the runs of a finished experiment on corrupted test images (MedMNIST-C) and writes robustness.csv.',
  words: 1,
  options: [
    { name: '--data', value: 'FILE', help: 'The dataset that the experiment ran on.' },
    { name: '--device', value: 'NAME', help: 'webgpu, wasm or cpu. Left out: webgpu on a graphics card, else wasm.' },
    help,
  ],
  notes: [
    'Balanced error of every run on the clean test split and under each corruption at five severities. These were chosen for',
    '224 px: at 28 px the same blur weighs far more, so compare the arms, not with published scores.',
  ],
};

export const rules: readonly CommandRule[] = [runRule, inspectRule, collectRule, reportRule, robustnessRule];

export function helpText(rule: CommandRule): string {
  const labels = rule.options.map(({ name, value }) => (value === null ? name : `${name} ${value}`));
  const width = Math.max(...labels.map((label) => label.length)) + 2;
  const options = rule.options.map(({ help: text }, at) => `  ${(labels[at] as string).padEnd(width)}${text}`);
  const notes = rule.notes.length === 0 ? [] : ['', ...rule.notes];
  return ['', `Usage: ${rule.usage}`, '', rule.about, '', ...options, ...notes, ''].join('\n').slice(1);
}

export function overviewText(): string {
  return [
    'Usage: inmerge COMMAND ...',
    '',
    'Trains a medical-image CNN and fine-tunes it with and without in-model merging, as the page does, without a browser.',
    '',
    ...rules.map(({ name, about }) => `  ${name.padEnd(11)} ${about}`),
    '',
    'inmerge COMMAND --help says more; inmerge --version names the build.',
    '',
    'Example: inmerge run sample --data sample --out results',
    '',
  ].join('\n');
}
