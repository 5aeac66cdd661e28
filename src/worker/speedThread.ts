/** The thread that measures training speed in a page: our trainers and stock tfjs-webgpu, each on a device of its own. */
import wasmUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import wasmSimdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import wasmThreadedUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import { build } from '../base/build.ts';
import { parseCase } from '../bench/benchCase.ts';
import type { ContenderName, OpenContender } from '../bench/contender.ts';
import { GpuLedger } from '../bench/ledger.ts';
import { openCompiledWith, openTape, openWasm } from '../bench/ours.ts';
import { probeAdapter } from '../bench/probes.ts';
import { adapterName, type BenchReport } from '../bench/report.ts';
import { runCase } from '../bench/runCase.ts';
import { openStock } from '../bench/stock.ts';
import { chosenTiles } from '../gpu/compiled/tileChoice.ts';
import { choiceText } from '../gpu/compiled/tiles.ts';
import { surveyDevices } from '../gpu/survey.ts';
import { findAdapter, isSoftware, requestWebGpu } from '../gpu/webgpu.ts';
import { KeptTiles } from '../storage/keptTiles.ts';
import { opfsRoot } from '../storage/opfs.ts';
import type { SpeedContender, SpeedReply, SpeedRequest } from './speedProtocol.ts';

const say = (reply: SpeedReply): void => self.postMessage(reply);

/** Those that a run here would have: remembered, or measured now and remembered for it. */
async function tilesHere(): Promise<string> {
  const { device } = await requestWebGpu();
  try {
    const memory = new KeptTiles(await opfsRoot(), build);
    const measuring = (done: number, total: number) =>
      say({ say: 'doing', what: `Measuring once how this GPU likes its work cut: ${done} of ${total} kernels` });
    return choiceText(await chosenTiles(device, { tiles: null, memory, measuring }));
  } finally {
    device.destroy();
  }
}

async function measure({ case: name, steps, who }: SpeedRequest): Promise<BenchReport> {
  const { threads } = await surveyDevices();
  const host = `${navigator.hardwareConcurrency} processor threads, ${navigator.userAgent}`;
  const adapter = await findAdapter().catch(() => null);
  const software = adapter !== null && isSoftware(adapter.info);
  // Before anything is counted: measuring takes buffers of its own.
  const tiles = adapter !== null && who.includes('compiled') ? await tilesHere() : 'default';
  const ledger = new GpuLedger();
  let probes: BenchReport['probes'] = null;
  if (adapter !== null) {
    say({ say: 'doing', what: 'Probing the GPU' });
    probes = await probeAdapter(navigator.gpu, software);
    Object.defineProperty(navigator, 'gpu', { value: ledger.watched(navigator.gpu), configurable: true });
  }
  const paths = {
    'tfjs-backend-wasm.wasm': wasmUrl,
    'tfjs-backend-wasm-simd.wasm': wasmSimdUrl,
    'tfjs-backend-wasm-threaded-simd.wasm': wasmThreadedUrl,
  };
  const onGpu = (open: OpenContender): OpenContender =>
    adapter === null ? () => Promise.resolve('this browser offers no WebGPU adapter') : open;
  const all: Readonly<Record<SpeedContender, OpenContender>> = {
    compiled: onGpu(openCompiledWith(tiles)),
    tape: onGpu(openTape),
    wasm: openWasm({ paths, threads }),
    stock: onGpu(openStock),
  };
  const openers = new Map<ContenderName, OpenContender>(who.map((each) => [each, all[each]]));
  const report = await runCase(parseCase(name), openers, {
    steps,
    probes,
    roundMs: 500,
    ledger: adapter === null ? null : ledger,
    tell: (what) => say({ say: 'doing', what }),
    stopped: () => false,
  });
  return {
    format: 'inmerge-bench-1',
    date: new Date().toISOString(),
    build,
    commit: null,
    adapter: adapter === null ? 'none' : adapterName(adapter.info),
    software,
    host,
    probes,
    cases: [report],
  };
}

self.addEventListener('message', ({ data }: MessageEvent<SpeedRequest>) => {
  measure(data).then(
    (report) => say({ say: 'report', report }),
    (thrown: unknown) => say({ say: 'failed', why: thrown instanceof Error ? thrown.message : String(thrown) }),
  );
});
