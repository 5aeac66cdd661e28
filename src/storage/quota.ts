/** How much the browser would hold of this page, and whether it promises to keep it. */

export interface StorageUse {
  /** What the browser would let this page hold. */
  readonly quotaBytes: number;
  /** False: the browser may clear it when the disk is full. */
  readonly persisted: boolean;
}

/** Null where the browser does not say. */
export async function storageUse(): Promise<StorageUse | null> {
  if (typeof navigator === 'undefined' || navigator.storage?.estimate === undefined) return null;
  try {
    const [{ quota = 0 }, persisted] = await Promise.all([navigator.storage.estimate(), navigator.storage.persisted()]);
    return { quotaBytes: quota, persisted };
  } catch {
    return null;
  }
}

/** Asks the browser not to clear it by itself. @returns whether it agreed */
export async function keepStorage(): Promise<boolean> {
  return (await navigator.storage?.persist?.().catch(() => false)) ?? false;
}
