/**
 * One process at a time in a results folder: `.inmerge.lock` names the process that writes there. What a killed process left
 * is taken over; a lock of another machine is not, since nobody here can tell whether its process still lives.
 */
import { randomUUID } from 'node:crypto';
import { link, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { StudioError } from '../base/errors.ts';
import { writeRefused, type NodeFolder } from './nodeFolder.ts';

export const lockName = '.inmerge.lock';
/** Removing takes no time: a permit as old as this was left by a process that died with it. */
const permitMs = 5000;

/** What stands in the file, as JSON. */
export interface LockOwner {
  readonly pid: number;
  readonly host: string;
  /** When the system started the process, where it says so: numbers of processes come again. */
  readonly born: string | null;
  readonly since: string;
  /** Tells two locks of one process apart. */
  readonly token: string;
}

export class FolderLock {
  readonly #folder: NodeFolder;
  readonly #path: string;
  #own: LockOwner | null = null;

  constructor(folder: NodeFolder) {
    this.#folder = folder;
    this.#path = join(folder.path, lockName);
  }

  /** @throws StudioError `out-in-use` where a living process holds it; writes nothing */
  async refuseHeld(): Promise<void> {
    const owner = await ownerIn(this.#path);
    if (owner !== null && owner.token !== this.#own?.token && (await isAlive(owner))) throw this.#inUse(owner);
  }

  /** Takes it, and makes the folder for it; once is enough. @throws StudioError `out-in-use`, `out-unwritable`, `write-refused` */
  async take(): Promise<void> {
    if (this.#own !== null) return;
    await this.#folder.make();
    const pid = process.pid;
    const own = { pid, host: hostname(), born: await bornAt(pid), since: new Date().toISOString(), token: randomUUID() };
    for (let tries = 0; tries < 40; tries++) {
      if (await placed(this.#path, own)) {
        this.#own = own;
        return;
      }
      await this.refuseHeld();
      await this.#removeStale();
    }
    throw this.#inUse(await ownerIn(this.#path));
  }

  async release(): Promise<void> {
    const own = this.#own;
    this.#own = null;
    if (own !== null && (await ownerIn(this.#path))?.token === own.token) await rm(this.#path, { force: true }).catch(() => {});
  }

  /** Only who has the second file may remove the first, or two that found it stale could each remove the other's new one. */
  async #removeStale(): Promise<void> {
    const permit = `${this.#path}.stale.part`;
    try {
      await writeFile(permit, '', { flag: 'wx' });
    } catch {
      const made = await stat(permit).catch(() => null);
      if (made !== null && Date.now() - made.mtimeMs > permitMs) await rm(permit, { force: true });
      await new Promise((resolve) => setTimeout(resolve, 25));
      return;
    }
    try {
      const there = await stat(this.#path).catch(() => null);
      const owner = await ownerIn(this.#path);
      if (there !== null && (owner === null || !(await isAlive(owner)))) await rm(this.#path, { force: true });
    } catch (thrown) {
      throw writeRefused(this.#path, thrown);
    } finally {
      await rm(permit, { force: true });
    }
  }

  #inUse(owner: LockOwner | null): StudioError {
    const who = owner === null ? 'Another process' : `Process ${owner.pid} on “${owner.host}”`;
    return new StudioError({
      code: 'out-in-use',
      message: `${who} is at work in “${this.#folder.path}”${owner === null ? '' : `, since ${owner.since}`}.`,
      remedy: `Wait until it has ended, or choose another folder with --out. If it no longer runs, remove “${lockName}” there.`,
    });
  }
}

/** False where there is one already. The file comes to its name whole. @throws StudioError `write-refused` */
async function placed(path: string, owner: LockOwner): Promise<boolean> {
  const text = `${JSON.stringify(owner)}\n`;
  const draft = `${path}.${owner.token}.part`;
  try {
    await writeFile(draft, text, { flag: 'wx' });
    // Not every file system has hard links.
    await link(draft, path).catch((thrown: { code?: string }) => {
      if (thrown.code === 'EEXIST') throw thrown;
      return writeFile(path, text, { flag: 'wx' });
    });
    return true;
  } catch (thrown) {
    if ((thrown as { code?: string }).code === 'EEXIST') return false;
    throw writeRefused(path, thrown);
  } finally {
    await rm(draft, { force: true }).catch(() => {});
  }
}

/** Null where there is none, or nothing that names an owner: a file half written when the power went. */
async function ownerIn(path: string): Promise<LockOwner | null> {
  try {
    const owner = JSON.parse(await readFile(path, 'utf8')) as Partial<LockOwner> | null;
    return Number.isInteger(owner?.pid) && typeof owner?.host === 'string' ? (owner as LockOwner) : null;
  } catch {
    return null;
  }
}

async function isAlive({ pid, host, born }: LockOwner): Promise<boolean> {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (thrown) {
    // EPERM: somebody else's, but there.
    if ((thrown as { code?: string }).code === 'ESRCH') return false;
  }
  const now = await bornAt(pid);
  return born === null || now === null || born === now;
}

/** Boot and tick at which Linux started a process; null elsewhere, and of one that is not there. */
async function bornAt(pid: number): Promise<string | null> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    // The name in brackets may hold anything; the 22nd field of all is the 20th behind it.
    const tick = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return tick === undefined ? null : `${boot.trim()}/${tick}`;
  } catch {
    return null;
  }
}
