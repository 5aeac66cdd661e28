/** Past experiments of the scripted worker, described, renamed and backed up. */
import type { ArchiveAnswer, ArchiveRequest } from './archiveProtocol.ts';
import { armNumber, metrics } from './fakeNumbers.ts';
import { fakeList, fakeRecipe } from './fakePast.ts';
import type { SavedExperiment, WorkerEvent } from './protocol.ts';

/** Answers; returns the list as it is afterwards. */
export function tellArchive(
  id: number,
  request: ArchiveRequest,
  past: readonly SavedExperiment[],
  say: (event: WorkerEvent) => void,
): readonly SavedExperiment[] {
  const { answer, past: after } = answerTo(request, past);
  say({ say: 'archived', id, answer });
  say(fakeList(after));
  return after;
}

function answerTo(
  request: ArchiveRequest,
  past: readonly SavedExperiment[],
): { readonly answer: ArchiveAnswer; readonly past: readonly SavedExperiment[] } {
  switch (request.what) {
    case 'describe': {
      const saved = past.find(({ id }) => id === request.experiment) as SavedExperiment;
      const recipe = fakeRecipe(saved);
      const results = recipe.seeds.flatMap((seed) =>
        recipe.arms.map(({ name: arm }) => {
          const run = { seed, phase: 'finetune' as const, arm };
          const val = metrics(run, recipe.finetune.epochs, recipe);
          const test = { ...val, accuracy: val.accuracy + 0.001 * armNumber(run), classAuc: [] };
          const made = { trainMs: 1000, merges: 0, tried: null, highestSimilarity: null };
          return { at: 'result' as const, run, selectedEpoch: recipe.finetune.epochs, val, test, ...made };
        }),
      );
      return { answer: { what: 'describe', saved, recipe, results, robustness: null }, past };
    }
    case 'rename':
      return {
        answer: { what: 'rename' },
        past: past.map((saved) => (saved.id === request.experiment ? { ...saved, name: request.name } : saved)),
      };
    case 'back-up':
      return { answer: { what: 'back-up', file: new Blob(['backup']), experiments: past.length }, past };
    case 'restore':
      return { answer: { what: 'restore', added: 0, present: past.length }, past };
    case 'give-weights': {
      const { name, size } = request.file;
      return { answer: { what: 'give-weights', file: { name, sha256: 'f'.repeat(64), bytes: size } }, past };
    }
    case 'fit-weights':
      return { answer: { what: 'fit-weights', fit: { taken: 40, drawn: ['classifier.weight', 'classifier.bias'] } }, past };
    case 'find-weights':
      return { answer: { what: 'find-weights', found: request.sha256 === 'f'.repeat(64) }, past };
  }
}
