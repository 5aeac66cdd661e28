/** The page's side of the inspector: a question as a promise. The thread starts with the first one. */
import { StudioError } from '../base/errors.ts';
import type { AnswerTo, Inspector, InspectorMessage, InspectorQuestion, InspectorReply } from './inspectorProtocol.ts';

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

export function startInspector(): Inspector {
  let thread: Worker | null = null;
  let lastId = 0;
  const waiting = new Map<number, Waiting>();
  const start = () => {
    const worker = new Worker(new URL('./inspectorThread.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<InspectorReply>) => {
      const asked = waiting.get(data.id);
      waiting.delete(data.id);
      if ('answer' in data) asked?.resolve(data.answer as never);
      else asked?.reject(failed(data.error));
    });
    worker.addEventListener('error', (event) => {
      for (const { reject } of waiting.values()) reject(failed(event.message));
      waiting.clear();
      thread = null;
    });
    return worker;
  };
  return {
    ask<Q extends InspectorQuestion>(question: Q): Promise<AnswerTo<Q>> {
      thread ??= start();
      const message: InspectorMessage = { id: ++lastId, question };
      thread.postMessage(message);
      return new Promise((resolve, reject) => waiting.set(message.id, { resolve, reject }));
    },
  };
}

const failed = (what: string): StudioError =>
  new StudioError({
    code: 'inspector',
    message: `The kernels could not be looked into: ${what}`,
    remedy: 'Choose another layer or epoch. Training is not touched by it.',
  });
