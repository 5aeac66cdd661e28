/** Questions about single images, each with its answer or its refusal: the page's side of `worker/lookProtocol.ts`. */
import type { StudioErrorData } from '../base/errors.ts';
import type { LookAnswer, LookQuestion } from '../worker/lookProtocol.ts';
import type { StudioWorker } from '../worker/protocol.ts';

type AnswerTo<Q extends LookQuestion> = Extract<LookAnswer, { what: Q['what'] }>;
export type Classified = Extract<LookAnswer, { what: 'classify' }>;

/** Or the refusal, as data: what is missing and what to do. */
export type Looked<A> = { readonly answer: A } | { readonly refusal: StudioErrorData };

export interface Look {
  ask<Q extends LookQuestion>(question: Q): Promise<Looked<AnswerTo<Q>>>;
}

export function createLook(worker: StudioWorker): Look {
  const waiting = new Map<number, (looked: Looked<LookAnswer>) => void>();
  let lastId = 0;
  const settle = (id: number, looked: Looked<LookAnswer>) => {
    waiting.get(id)?.(looked);
    waiting.delete(id);
  };
  worker.listen((event) => {
    if (event.say === 'looked') settle(event.id, { answer: event.answer });
    else if (event.say === 'look-refused') settle(event.id, { refusal: event.error });
  });
  return {
    ask: <Q extends LookQuestion>(question: Q) =>
      new Promise<Looked<AnswerTo<Q>>>((resolve) => {
        const id = ++lastId;
        waiting.set(id, resolve as (looked: Looked<LookAnswer>) => void);
        worker.send({ do: 'look', id, question });
      }),
  };
}
