import { expect, test } from 'vitest';
import { KeptTiles } from './keptTiles.ts';
import { memoryFolder } from './testing/memoryFolder.ts';

const pieces = (text: string) => [new TextEncoder().encode(text)];

test('tiles are kept by adapter, for the next visit', async () => {
  const folder = memoryFolder();
  const first = new KeptTiles(folder, 'build');
  expect(await first.read('a card')).toBeNull();
  await first.keep('a card', '64x64x16');
  await first.keep('another', '128x64x8');
  const next = new KeptTiles(folder, 'build');
  expect(await next.read('a card')).toBe('64x64x16');
  expect(await next.read('another')).toBe('128x64x8');
  expect(await next.read('a third')).toBeNull();
});

test('another build does not know them, and a damaged file is no file', async () => {
  const folder = memoryFolder();
  await new KeptTiles(folder, 'build').keep('a card', '64x64x16');
  expect(await new KeptTiles(folder, 'next build').read('a card')).toBeNull();
  await folder.write('tiles.json', pieces('{"build": "build", "adapters": {"a card": 7, "b": "64x64x16"}}'));
  expect(await new KeptTiles(folder, 'build').read('a card')).toBeNull();
  expect(await new KeptTiles(folder, 'build').read('b')).toBe('64x64x16');
  await folder.write('tiles.json', pieces('{"build": "buil'));
  expect(await new KeptTiles(folder, 'build').read('b')).toBeNull();
});

test('without storage they are remembered while the object lives', async () => {
  const tiles = new KeptTiles(null, 'build');
  await tiles.keep('a card', '64x64x16');
  expect(await tiles.read('a card')).toBe('64x64x16');
});
