import { describeCorrectAnswers } from './testing/correctAnswers.ts';
import { TapeTrainer } from './tapeTrainer.ts';

for (const backend of ['cpu', 'wasm'] as const)
  describeCorrectAnswers(backend, { 'the tape trainer': (options) => TapeTrainer.create(options) });
