/** The folder of --runs as the experiment sees it: where a run cannot be kept the experiment goes on, but not without a word. */
import { errorData } from '../base/errors.ts';
import type { RunFiles } from '../experiment/runStore.ts';
import type { NodeFolder } from './nodeFolder.ts';
import type { Screen } from './screen.ts';

export function keptRuns(folder: NodeFolder, screen: Screen): RunFiles {
  return {
    read: (name) => folder.read(name),
    list: () => folder.list(),
    async write(name, pieces) {
      try {
        await folder.write(name, pieces);
      } catch (thrown) {
        screen.line(
          `warning ${errorData(thrown).code}: ${errorData(thrown).message} This run will be trained again when asked for.`,
        );
        throw thrown;
      }
    },
  };
}
