/**
 * Past experiments, for the session: the list, showing one again (its events, without its networks), what may go on, and
 * deleting. Where the browser gives the page no storage the list is empty, and asking for one says why.
 */
import { StudioError } from '../base/errors.ts';
import { upgradedHistory } from '../experiment/history.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { opfsRoot } from '../storage/opfs.ts';
import { refuseHeld } from './experimentLock.ts';
import { givenRuns, givenWith, weightsIn, type GivenRun } from './givenWeights.ts';
import { KernelShelf } from './kernelShelf.ts';
import { Library, type SavedState } from './library.ts';
import type { LookSubject } from './looking.ts';
import type { WorkerEvent } from './protocol.ts';

export interface PastOptions {
  readonly say: (event: WorkerEvent) => void;
  /** Called once a past experiment was read, before it is told: it takes the place of the present one. */
  readonly onShow: (subject: LookSubject) => void;
}

export class Past {
  /** Null where there is no storage. */
  readonly library: Promise<Library | null>;
  readonly #say: (event: WorkerEvent) => void;
  readonly #onShow: (subject: LookSubject) => void;

  constructor({ say, onShow }: PastOptions) {
    this.#say = say;
    this.#onShow = onShow;
    this.library = opfsRoot().then((root) => (root === null ? null : new Library(root)));
  }

  async tellList(): Promise<void> {
    const library = await this.library;
    const nothing = { list: [], stored: { bytes: 0, sharedBytes: 0 } };
    this.#say({ say: 'experiments', ...(library === null ? nothing : await library.list()) });
  }

  /** Shows a past experiment, with the kernels that were kept of it. */
  async show(id: string): Promise<KernelShelf> {
    const library = await this.mustLibrary();
    const { record, checkpoint, origin, build } = await library.read(id);
    const { datasetSha256 } = checkpoint;
    const recipe = parseRecipe(checkpoint.recipe);
    this.#onShow({ recipe, datasetSha256, origin, folder: library.folderOf(id), runs: library.finishedRuns(id), build });
    this.#say({ say: 'reopened', saved: record, recipe, resumes: false });
    for (const event of upgradedHistory(checkpoint.history)) this.#say({ say: 'experiment', event });
    if (record.state !== 'finished') this.#say({ say: 'experiment', event: { at: 'stopped', elapsedMs: checkpoint.elapsedMs } });
    return KernelShelf.toRead(library.kernels(id), recipe, this.#say);
  }

  /**
   * Shows an experiment that was run elsewhere.
   * @param files of weights that lay beside its file; a bundle brings its own
   * @returns its runs whose weights came with it
   */
  async showResults(file: File, files: readonly File[]): Promise<GivenRun[]> {
    const { openAnyResults } = await import('../report/bundle.ts');
    const { results, build, weights } = await openAnyResults(file);
    const { recipe } = results;
    const given = givenWith(results, weights ?? weightsIn(files));
    const nowhere = { origin: null, folder: null, runs: null };
    this.#onShow({ recipe, datasetSha256: recipe.dataset.sha256, ...nowhere, given, build });
    const saved = { ...results.record, id: '', bytes: file.size };
    this.#say({ say: 'reopened', saved, recipe: results.recipe, resumes: false });
    for (const event of results.history) this.#say({ say: 'experiment', event });
    if (results.robustness !== undefined) this.#say({ say: 'robustness', robustness: results.robustness });
    return given === null ? [] : givenRuns(results, given);
  }

  async delete(id: string): Promise<void> {
    const library = await this.mustLibrary();
    await refuseHeld(id);
    await library.delete(id);
    await this.tellList();
  }

  /** An interrupted experiment that may go on here. @throws StudioError where it runs elsewhere, or began elsewhere. */
  async toGoOn(id: string, build: string, device: string): Promise<{ library: Library; saved: SavedState }> {
    const library = await this.mustLibrary();
    await refuseHeld(id);
    const saved = await library.read(id);
    refuseOther('build', saved.build, build);
    refuseOther('device', saved.device, device);
    return { library, saved };
  }

  /** @throws StudioError `no-storage`. */
  async mustLibrary(): Promise<Library> {
    const library = await this.library;
    if (library !== null) return library;
    throw new StudioError({
      code: 'no-storage',
      message: 'This browser gives the page no storage of its own.',
      remedy: 'Private windows often do not; open the page in an ordinary one.',
    });
  }
}

function refuseOther(what: 'build' | 'device', saved: string, present: string): void {
  if (saved === present) return;
  throw new StudioError({
    code: `other-${what}`,
    message: `The experiment was interrupted on another ${what}, which does not give the same bits as this one.`,
    remedy:
      what === 'build'
        ? 'Run its recipe again with this build; what it had reached can still be opened.'
        : 'Choose that device, then resume.',
    details: [{ where: what, found: present, expected: saved }],
  });
}
