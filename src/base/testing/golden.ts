/** Where the reference cases computed by other software lie: `GOLDEN_DIR`, or beside the project. Tests skip without. */
import { fileURLToPath } from 'node:url';

const folder = process.env['GOLDEN_DIR'] ?? fileURLToPath(new URL('../../../../shared/reference/golden', import.meta.url));

export const goldenFile = (name: string): string => `${folder}/${name}`;
