/** How the scripted worker reads a file: in stages, to a dataset or a refusal by the file's name. */
import type { DatasetSummary } from '../data/dataset.ts';
import { channelsFirst, fakeDataset } from './fakeData.ts';
import type { WorkerEvent } from './protocol.ts';

export interface FakeIntakeOptions {
  readonly tickMs: number;
  readonly say: (event: WorkerEvent) => void;
}

export class FakeIntake {
  /** The one that was read last. */
  dataset: DatasetSummary = fakeDataset(null);
  readonly #options: FakeIntakeOptions;
  #under: { readonly id: number; readonly timer: ReturnType<typeof setTimeout> } | null = null;

  constructor(options: FakeIntakeOptions) {
    this.#options = options;
  }

  /** @param fileName null for the sample */
  read(id: number, fileName: string | null, bytes: number): void {
    const { say, tickMs } = this.#options;
    const stages = fileName === null ? ['Drawing images', 'Checking'] : ['Reading', 'Unpacking', 'Hashing', 'Checking'];
    let part = 0;
    const next = () => {
      if (part < 12) {
        say({
          say: 'intake-progress',
          id,
          stage: stages[Math.floor((part / 12) * stages.length)] ?? '',
          doneBytes: (bytes * part) / 12,
          totalBytes: bytes,
        });
        part++;
        this.#under = { id, timer: setTimeout(next, tickMs) };
        return;
      }
      this.#under = null;
      if (fileName !== null && /bad|hospital/.test(fileName))
        say({ say: 'intake-refused', id, fileName, problems: channelsFirst });
      else say({ say: 'dataset', id, summary: (this.dataset = fakeDataset(fileName)) });
    };
    next();
  }

  cancel(): void {
    if (this.#under === null) return;
    clearTimeout(this.#under.timer);
    this.#options.say({ say: 'intake-cancelled', id: this.#under.id });
    this.#under = null;
  }

  end(): void {
    if (this.#under !== null) clearTimeout(this.#under.timer);
  }
}
