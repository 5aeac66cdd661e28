/** Past experiments beyond showing them: the page's side of `worker/archiveProtocol.ts`, and the browser's storage. */
import type { StudioErrorData } from '../base/errors.ts';
import { keepStorage, storageUse, type StorageUse } from '../storage/quota.ts';
import type { ArchiveAnswer, ArchiveRequest, Described } from '../worker/archiveProtocol.ts';
import type { StudioWorker } from '../worker/protocol.ts';

export type { Described, StorageUse };

type AnswerTo<R extends ArchiveRequest> = Extract<ArchiveAnswer, { what: R['what'] }>;

/** Or the refusal, as data: what is in the way and what to do. */
export type Archived<A> = { readonly answer: A } | { readonly refusal: StudioErrorData };

export interface Archive {
  ask<R extends ArchiveRequest>(request: R): Promise<Archived<AnswerTo<R>>>;
  storageUse(): Promise<StorageUse | null>;
  /** Asks the browser not to clear what it holds by itself; true where it agrees. */
  keepStorage(): Promise<boolean>;
}

export function createArchive(worker: StudioWorker): Archive {
  const waiting = new Map<number, (archived: Archived<ArchiveAnswer>) => void>();
  let lastId = 0;
  const settle = (id: number, archived: Archived<ArchiveAnswer>) => {
    waiting.get(id)?.(archived);
    waiting.delete(id);
  };
  worker.listen((event) => {
    if (event.say === 'archived') settle(event.id, { answer: event.answer });
    else if (event.say === 'archive-refused') settle(event.id, { refusal: event.error });
  });
  return {
    ask: <R extends ArchiveRequest>(request: R) =>
      new Promise<Archived<AnswerTo<R>>>((resolve) => {
        const id = ++lastId;
        waiting.set(id, resolve as (archived: Archived<ArchiveAnswer>) => void);
        worker.send({ do: 'archive', id, request });
      }),
    storageUse,
    keepStorage,
  };
}
