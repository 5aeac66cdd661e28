/** A finished experiment as a library saves it, for tests. */
import type { Recipe } from '../../recipe/recipe.ts';
import { quick } from '../../recipe/presets.ts';
import type { SavedState } from '../library.ts';

export const sha256 = 'c'.repeat(64);
export const by = { build: 'b', device: 'd', tiles: null };

export function savedState(id: string, name: string, changed: Partial<Recipe> = {}): SavedState {
  const recipe = { ...quick, ...changed, name };
  const started = { at: 'started', recipe } as never;
  return {
    record: {
      id,
      name,
      datasetTitle: 'Cells',
      startedAt: 1,
      savedAt: 2,
      state: id === 'running' ? 'interrupted' : 'finished',
      fraction: 1,
      seeds: 1,
      difference: null,
      datasetSha256: sha256,
      bytes: 0,
    },
    build: by.build,
    device: by.device,
    origin: { kind: 'file', fileName: 'cells.npz' },
    checkpoint: { recipe, datasetSha256: sha256, history: [started] } as unknown as SavedState['checkpoint'],
  };
}
