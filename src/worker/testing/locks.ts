/** `navigator.locks` for tests: one after another under the same name, and experiments that train elsewhere. */

export function lockedBy(...experiments: readonly string[]) {
  const ends = new Map<string, Promise<unknown>>();
  const held = new Set(experiments.map((id) => `experiment:${id}`));
  return {
    query: () => Promise.resolve({ held: [...held].map((name) => ({ name })) }),
    request: <T>(name: string, work: () => Promise<T>): Promise<T> => {
      const turn = (ends.get(name) ?? Promise.resolve()).then(async () => {
        held.add(name);
        try {
          return await work();
        } finally {
          held.delete(name);
        }
      });
      ends.set(
        name,
        turn.catch(() => undefined),
      );
      return turn;
    },
  };
}
