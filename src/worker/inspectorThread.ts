/** The inspector's thread: questions of `inspectorProtocol.ts` in, one answer each out, in their order. */
import { inspect } from './inspector.ts';
import type { InspectorMessage, InspectorReply } from './inspectorProtocol.ts';

self.addEventListener('message', ({ data: { id, question } }: MessageEvent<InspectorMessage>) => {
  let reply: InspectorReply;
  try {
    reply = { id, answer: inspect(question) };
  } catch (thrown) {
    reply = { id, error: String(thrown) };
  }
  const moved = 'answer' in reply && reply.answer instanceof Float32Array ? [reply.answer.buffer] : [];
  self.postMessage(reply, moved);
});
