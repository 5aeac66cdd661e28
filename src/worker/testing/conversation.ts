/** A real worker with everything it said, and a way to wait for something, for the browser's tests. */
import { startWorker } from '../client.ts';
import type { Command, DeviceName, StudioWorker, WorkerEvent } from '../protocol.ts';

export class Conversation {
  readonly said: WorkerEvent[] = [];
  readonly #worker: StudioWorker = startWorker();
  #waiting: (() => void)[] = [];

  constructor() {
    this.#worker.listen((event) => {
      this.said.push(event);
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  send(command: Command): void {
    this.#worker.send(command);
  }

  /** The first event from number `from` on that fits; an error of the worker ends the wait. */
  async until(fits: (event: WorkerEvent) => boolean, from = 0): Promise<WorkerEvent> {
    for (;;) {
      const found = this.said.slice(from).find(fits);
      if (found !== undefined) return found;
      const error = this.said.slice(from).find((event) => event.say === 'failed' || event.say === 'intake-refused');
      if (error !== undefined) throw new Error(JSON.stringify(error));
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async ready(device: DeviceName): Promise<void> {
    this.send({ do: 'choose-device', choice: device });
    await this.until((event) => event.say === 'device' && event.report.device === device);
    this.send({ do: 'make-sample', id: 1, seed: 0 });
    await this.until((event) => event.say === 'dataset');
  }

  events() {
    return this.said.flatMap((event) => (event.say === 'experiment' ? [event.event] : []));
  }

  end(): void {
    this.#worker.terminate();
  }
}

export const isEvent = (at: string) => (event: WorkerEvent) => event.say === 'experiment' && event.event.at === at;
