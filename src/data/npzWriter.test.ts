/** The npz writer against the studio's own strict reader. (NumPy reads it in `cli/run.test.ts`.) */
import { expect, test } from 'vitest';
import { joined } from '../base/bytes.ts';
import { headOf } from './member.ts';
import { npyHeadBytes, parseNpy } from './npy.ts';
import { npzPieces, type NpzArray } from './npzWriter.ts';
import { Source, type NamedBlob } from './source.ts';
import { readZip } from './zip.ts';

const arrays = new Map<string, NpzArray>([
  ['flat', { shape: [3], values: Uint32Array.of(1, 2, 0xffffffff) }],
  ['grid', { shape: [2, 3], values: Float32Array.of(0, -0.5, 1, 2, 3, Number.NaN) }],
  ['none', { shape: [0], values: new Uint16Array(0) }],
  ['one', { shape: [], values: Float64Array.of(Math.PI) }],
]);

test('what is written is read, array by array', async () => {
  const file = Object.assign(new Blob(npzPieces(arrays)), { name: 'x.npz' }) as NamedBlob;
  const source = new Source(file);
  const { members } = await readZip(source);
  const headers = await Promise.all(
    members.map(async (member) => parseNpy(await headOf(source, member, npyHeadBytes), member.name, member.sizeBytes, 'x.npz')),
  );
  expect(members.map(({ name }) => name)).toEqual(['flat.npy', 'grid.npy', 'none.npy', 'one.npy']);
  expect(headers.map(({ shape }) => shape)).toEqual([[3], [2, 3], [0], []]);
  expect(headers.map(({ dtype }) => dtype.name)).toEqual(['uint32', 'float32', 'uint16', 'float64']);
  expect(headers.every(({ dataFrom }) => dataFrom % 64 === 0)).toBe(true);
});

test('the same arrays give the same bytes', () => {
  expect(joined(npzPieces(arrays))).toEqual(joined(npzPieces(new Map(arrays))));
});

test('a shape that does not fit the values is refused', () => {
  expect(() => npzPieces(new Map([['x', { shape: [4], values: new Uint8Array(3) }]]))).toThrow('its shape has 4');
});
