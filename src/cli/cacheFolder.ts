/** Where this user's system wants what can be made again: of the adapters' measured tiles. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { NodeFolder } from './nodeFolder.ts';

export function cacheFolder(): NodeFolder {
  const { env, platform } = process;
  const home = homedir();
  const base =
    platform === 'win32'
      ? (env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'))
      : platform === 'darwin'
        ? join(home, 'Library', 'Caches')
        : (env['XDG_CACHE_HOME'] ?? join(home, '.cache'));
  return new NodeFolder(join(base, 'inmerge-studio'));
}
