import { describe, expect, it } from 'vitest';
import { memoryFolder } from '../storage/testing/memoryFolder.ts';
import { Paces } from './pace.ts';

describe('the pace of a device', () => {
  it('is a guess of its kind before anything was timed', async () => {
    const [gpu, wasm] = await Promise.all(['webgpu: a card', 'wasm: 2 threads'].map((device) => new Paces(null).of(device)));
    expect(gpu?.(1e6)).toEqual({ macsPerMs: 2e7, measured: false });
    expect(wasm?.(1e6)).toEqual({ macsPerMs: 1e6, measured: false });
  });

  it('is that of the nearest network that was timed, and a guess for one of quite another size', async () => {
    const files = memoryFolder();
    await new Paces(files).keep('wasm', 1e6, 100);
    await new Paces(files).keep('wasm', 64e6, 900);
    const of = await new Paces(files).of('wasm');
    expect(of(2e6)).toEqual({ macsPerMs: 100, measured: true });
    expect(of(40e6)).toEqual({ macsPerMs: 900, measured: true });
    expect(of(1e9)).toEqual({ macsPerMs: 900, measured: false });
    expect((await new Paces(files).of('webgl'))(1e6).measured).toBe(false);
  });

  it('is the last one of a network, and what an older build kept for all networks is left alone', async () => {
    const files = memoryFolder();
    await files.write('pace.json', [new TextEncoder().encode('{"wasm": 5, "webgl": [{"macs": 0, "macsPerMs": 1}, null]}')]);
    expect((await new Paces(files).of('wasm'))(1e6)).toEqual({ macsPerMs: 1e6, measured: false });
    expect((await new Paces(files).of('webgl'))(1e6).measured).toBe(false);
    await new Paces(files).keep('wasm', 1e6, 100);
    await new Paces(files).keep('wasm', 1.1e6, 120);
    expect((await new Paces(files).of('wasm'))(1e6)).toEqual({ macsPerMs: 120, measured: true });
  });
});
