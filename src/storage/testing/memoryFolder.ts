/** Folders and files in memory, for tests. */
import type { Folder } from '../slots.ts';

export function memoryFolder(): Folder {
  const files = new Map<string, Blob>();
  const folders = new Map<string, Folder>();
  return {
    read: (name) =>
      folders.has(name) ? Promise.reject(new Error(`${name} is a folder.`)) : Promise.resolve(files.get(name) ?? null),
    write: (name, pieces) => Promise.resolve(void files.set(name, new Blob([...pieces]))),
    list: () => Promise.resolve([...files.keys(), ...folders.keys()].sort()),
    folder: (name) => {
      const found = folders.get(name) ?? memoryFolder();
      folders.set(name, found);
      return found;
    },
    remove: (name) => {
      files.delete(name);
      folders.delete(name);
      return Promise.resolve();
    },
  };
}
