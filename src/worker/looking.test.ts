import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joined } from '../base/bytes.ts';
import type { StudioErrorData } from '../base/errors.ts';
import { zipPieces } from '../data/zipWriter.ts';
import type { ExperimentEvent, RunKey } from '../experiment/events.ts';
import type { RunResult } from '../experiment/experimentOptions.ts';
import { Experiment } from '../experiment/experiment.ts';
import { halves, tinyRecipe } from '../experiment/testing/tiny.ts';
import { snapshotLayer } from '../experiment/snapshots.ts';
import { encodeResults, resultsFileName } from '../experiment/resultsFile.ts';
import { openBackend, type Backend } from '../gpu/backends.ts';
import { tf } from '../gpu/tfjs.ts';
import { encodeContainer } from '../base/container.ts';
import { convolutions, parameters } from '../model/network.ts';
import { fileShape, toFileLayout } from '../model/stateDict.ts';
import { bundlePieces, readBundle } from '../report/bundle.ts';
import { recordedResults } from '../report/recorded.ts';
import { weightsFile } from '../report/weightsFile.ts';
import type { ReportFile } from '../report/reportFile.ts';
import { memoryFolder } from '../storage/testing/memoryFolder.ts';
import { TapeTrainer } from '../train/tapeTrainer.ts';
import { claimOf, writeClaim } from './claims.ts';
import { Datasets } from './datasets.ts';
import { Library } from './library.ts';
import type { LookAnswer, LookQuestion } from './lookProtocol.ts';
import { Looking, type LookSubject } from './looking.ts';
import { GivenKernels } from './givenWeights.ts';
import { Past } from './past.ts';
import type { WorkerEvent } from './protocol.ts';

function studio() {
  const said: WorkerEvent[] = [];
  const say = (event: WorkerEvent) => void said.push(event);
  const datasets = new Datasets({ say, training: () => false });
  const looking = new Looking({ say, datasets, library: Promise.resolve(null), ready: () => Promise.resolve() });
  let lastId = 0;
  const ask = async (question: LookQuestion): Promise<LookAnswer | StudioErrorData> => {
    const id = ++lastId;
    looking.ask(id, question);
    for (;;) {
      const event = said.find((each) => (each.say === 'looked' || each.say === 'look-refused') && each.id === id);
      if (event?.say === 'looked') return event.answer;
      if (event?.say === 'look-refused') return event.error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  return { datasets, looking, ask };
}

const open = { dataset: halves, summary: {} as never, origin: { kind: 'file', fileName: 'halves.npz' }, file: null } as const;
const runs: readonly RunKey[] = ['baseline', 'inmerge'].map((arm) => ({ seed: 0, phase: 'finetune', arm }));

/** Of each part that holds weights: every array's shape, first, last and largest value. */
const readWithNumPy = `
import sys, zipfile, json, struct, numpy as np
z = zipfile.ZipFile(sys.argv[1]); found = {}
for part in z.namelist():
    if not part.startswith('weights/'): continue
    data = z.read(part); (size,) = struct.unpack('<Q', data[:8]); header = json.loads(data[8:8 + size]); rows = {}
    for name, entry in header.items():
        if name == '__metadata__' or entry['dtype'] != 'F32': continue
        start, end = entry['data_offsets']
        values = np.frombuffer(data[8 + size + start:8 + size + end], '<f4').astype(float)
        assert len(values) == np.prod(entry['shape'])
        rows[name] = [entry['shape'], values[0], values[-1], values.max()]
    found[part] = rows
print(json.dumps(found))`;

describe('asking about single images', () => {
  const library = new Library(memoryFolder());
  const store = library.runs({ build: 'b', device: 'd', tiles: null });
  const [folder, finished] = [library.folderOf('one'), library.finishedRuns('one')];
  const subject: LookSubject = {
    recipe: tinyRecipe,
    datasetSha256: halves.sha256,
    origin: open.origin,
    folder,
    runs: finished,
    build: 'b',
  };
  const first = studio();
  const results: RunResult[] = [];
  const events: ExperimentEvent[] = [];
  let backend: Backend;

  beforeAll(async () => {
    backend = await openBackend('cpu', { paths: null, threads: 1 });
    first.datasets.open = open;
    first.looking.show(subject);
    const experiment = new Experiment({
      recipe: tinyRecipe,
      dataset: halves,
      createTrainer: TapeTrainer.create.bind(TapeTrainer),
      maxBindingBytes: null,
      runs: store,
      onResult: (result) => {
        results.push(result);
        return Promise.resolve(first.looking.hold(result, halves));
      },
    });
    await writeClaim(folder, await claimOf(tinyRecipe, halves.sha256, store));
    for await (const event of experiment.run()) if (event.at !== 'rest') events.push(event);
    experiment.dispose();
  });
  afterAll(() => backend.close());

  const testScores = (arm: string | null) => {
    const told = events.find((event) => event.at === 'scores' && event.run.arm === arm);
    return told?.at === 'scores' ? told.scores : new Float32Array();
  };

  it('gives the pixels of test images', async () => {
    const answer = await first.ask({ what: 'test-images', images: Uint32Array.of(3, 0) });
    expect(answer).toMatchObject({ what: 'test-images', height: 8, width: 8, channels: 1 });
    const { pixels } = answer as Extract<LookAnswer, { what: 'test-images' }>;
    const { images } = halves.splits.test as NonNullable<typeof halves.splits.test>;
    expect([...pixels]).toEqual([...images.subarray(3 * 64, 4 * 64), ...images.subarray(0, 64)]);
  });

  it('scores a test image as the test did, for each arm, with a map of where', async () => {
    const answer = await first.ask({ what: 'classify', image: { testImage: 7 }, runs, classIndex: null });
    const { arms, classIndex } = answer as Extract<LookAnswer, { what: 'classify' }>;
    arms.forEach(({ run, scores, map, mapHeight, mapWidth }) => {
      const tested = testScores(run.arm).subarray(14, 16);
      scores.forEach((score, k) => expect(score).toBeCloseTo(tested[k] as number, 5));
      expect(map.length).toBe(mapHeight * mapWidth);
    });
    const [baseline] = arms;
    expect(classIndex).toBe(baseline?.scores.indexOf(Math.max(...baseline.scores)));
  });

  it('hands out the weights of every finished run, which a bundle takes along and NumPy reads', async (context) => {
    const later = studio();
    later.looking.show(subject);
    const kept = (await later.ask({ what: 'kept-weights' })) as Extract<LookAnswer, { what: 'kept-weights' }>;
    const size = ({ weights }: RunResult) => [...weights.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
    expect(kept.runs.map(({ arm }) => arm)).toEqual([null, 'baseline', 'inmerge']);
    expect(kept.bytes).toBe(results.reduce((sum, result) => sum + size(result), 0));
    const files: ReportFile[] = [];
    for (const run of kept.runs) {
      const answer = await later.ask({ what: 'weights', run });
      files.push((answer as Extract<LookAnswer, { what: 'weights' }>).file);
    }
    expect(files.map(({ path }) => path)).toEqual(
      ['backbone', 'baseline', 'inmerge'].map((arm) => `weights/${arm}_seed0.safetensors`),
    );

    const facts = { datasetTitle: 'Halves', startedAt: 0, savedAt: 0, finished: true, fraction: 1, robustness: null };
    const recorded = recordedResults(events, { recipe: tinyRecipe, ...facts });
    const bundle = joined(await bundlePieces(recorded, files, 'b'));
    const { manifest } = await readBundle(new File([bundle], 'x.inmerge.zip'));
    const said = [new TextEncoder().encode(JSON.stringify(manifest))];
    const refusalOf = async (parts: readonly ReportFile[]) => {
      const members = new Map([
        ['manifest.json', said],
        [resultsFileName, await encodeResults(recorded)],
      ]);
      for (const { path, pieces } of parts) members.set(path, [...pieces]);
      const opened = readBundle(new File([joined(zipPieces(members))], 'x.inmerge.zip'));
      return opened.then(
        () => null,
        ({ code }: { code?: string }) => code,
      );
    };
    expect(await refusalOf(files)).toBeNull();
    expect(await refusalOf(files.slice(1))).toBe('bundle-part-missing');
    const [last, ...others] = files.toReversed() as [ReportFile, ...ReportFile[]];
    const changed = joined(last.pieces);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    expect(await refusalOf([...others, { ...last, pieces: [changed] }])).toBe('bundle-part-altered');

    const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
    if (spawnSync(python, ['-c', 'import numpy']).status !== 0) return context.skip('There is no Python with NumPy here.');
    const home = mkdtempSync(join(tmpdir(), 'inmerge-weights-'));
    writeFileSync(join(home, 'x.inmerge.zip'), bundle);
    const read = JSON.parse(
      execFileSync(python, ['-c', readWithNumPy, join(home, 'x.inmerge.zip')], { encoding: 'utf8' }),
    ) as object;
    rmSync(home, { recursive: true });
    const expected = results.map(({ run, network, weights }) => {
      const arrays = parameters(network).map(({ name, shape }) => {
        const values = toFileLayout(weights.get(name) as Float32Array, shape);
        return [name, [fileShape(shape), values[0], values.at(-1), Math.max(...values)]] as const;
      });
      return [`weights/${run.arm ?? 'backbone'}_seed0.safetensors`, Object.fromEntries(arrays)];
    });
    expect(read).toEqual(Object.fromEntries(expected));
    return later.looking.close();
  });

  it('answers for results from elsewhere by the weights that came with them, in a bundle or beside them in a folder', async () => {
    const about = { build: 'b', recipeName: 'tiny', dataset: { name: 'halves', sha256: halves.sha256 } };
    const files = results.map(({ run, network, weights }) => weightsFile({ run, network, weights, ...about }));
    const facts = { datasetTitle: 'Halves', startedAt: 0, savedAt: 0, finished: true, fraction: 1, robustness: null };
    const recorded = recordedResults(events, {
      recipe: { ...tinyRecipe, dataset: { ...tinyRecipe.dataset, sha256: halves.sha256 } },
      ...facts,
    });
    const bundle = new File([joined(await bundlePieces(recorded, files, 'b'))], 'x.inmerge.zip');
    const alone = new File([joined(await encodeResults(recorded))], resultsFileName);
    const beside = files.map(({ path, pieces }) => new File([...pieces], path.replace('weights/', '')));
    const question: LookQuestion = { what: 'classify', image: { testImage: 7 }, runs, classIndex: 0 };
    for (const [file, weights] of [
      [bundle, []],
      [alone, beside],
    ] as const) {
      const there = studio();
      const past = new Past({ say: () => {}, onShow: (shown) => there.looking.show(shown) });
      const given = await past.showResults(file, weights);
      expect(await there.ask(question)).toMatchObject({ code: 'dataset-gone' });
      there.datasets.open = open;
      expect(await there.ask(question)).toEqual(await first.ask(question));
      const kept = (await there.ask({ what: 'kept-weights' })) as Extract<LookAnswer, { what: 'kept-weights' }>;
      expect(kept.runs.map(({ arm }) => arm)).toEqual([null, 'baseline', 'inmerge']);

      const kernels = new GivenKernels(given, (run) => there.looking.mustKeep(run));
      const epochOf = (arm: string | null) => kernels.epochs.find((each) => each.arm === arm)?.epoch ?? Number.NaN;
      const { network, weights: trained } = results.find(({ run }) => run.arm === 'inmerge') as RunResult;
      const layer = convolutions(network)[2] as ReturnType<typeof convolutions>[number];
      const read = await kernels.read({ seed: 0, arm: 'inmerge', epoch: epochOf('inmerge') }, 2);
      const values = trained.get(`${layer.name}.weight`) as Float32Array;
      expect(read).toEqual({
        layer: 2,
        kernels: layer.output[2],
        side: 3,
        channels: layer.input[2],
        ...snapshotLayer(values, layer.output[2]),
      });
      const start = await kernels.read({ seed: 0, arm: null, epoch: tinyRecipe.backbone.epochs }, 2);
      expect(await kernels.read({ seed: 0, arm: 'inmerge', epoch: 0 }, 2)).toEqual(start);
      expect(start).not.toEqual(read);
      expect(await kernels.read({ seed: 0, arm: 'inmerge', epoch: 9 }, 2)).toBeNull();
      there.looking.close();
    }
    const swapped = beside.map(
      (file) =>
        new File(
          [file],
          file.name.replace(/baseline|inmerge/, (arm) => (arm === 'baseline' ? 'inmerge' : 'baseline')),
        ),
    );
    const wrong = studio();
    await new Past({ say: () => {}, onShow: (shown) => wrong.looking.show(shown) }).showResults(alone, swapped);
    wrong.datasets.open = open;
    expect(await wrong.ask(question)).toMatchObject({ code: 'weights-of-another-run', details: [{ where: 'arm' }] });

    const without = studio();
    const past = new Past({ say: () => {}, onShow: (shown) => without.looking.show(shown) });
    expect(await past.showResults(alone, [])).toEqual([]);
    without.datasets.open = open;
    expect(await without.ask(question)).toMatchObject({ code: 'weights-gone' });
  });

  it('leaves nothing on the device once closed', async () => {
    first.looking.close();
    const before = tf.memory().numTensors;
    await first.ask({ what: 'classify', image: { testImage: 1 }, runs, classIndex: 1 });
    expect(tf.memory().numTensors).toBeGreaterThan(before);
    first.looking.close();
    expect(tf.memory().numTensors).toBe(before);
  });

  const question: LookQuestion = { what: 'classify', image: { testImage: 7 }, runs, classIndex: 0 };
  const askedLater = async (of: LookSubject) => {
    const later = studio();
    later.looking.show(of);
    later.datasets.open = open;
    const answer = await later.ask(question);
    later.looking.close();
    return answer;
  };

  it('answers for an experiment opened again from its finished runs, and keeps its weights nowhere else', async () => {
    expect(await askedLater(subject)).toEqual(await first.ask(question));
    expect(await folder.list()).toEqual(['claim.json']);
  });

  it('answers for what an older build saved, whose weights stand beside the saves', async () => {
    const older = memoryFolder();
    const { height, width, channels, task, classNames } = halves;
    for (const { run, network, weights } of results) {
      const kept = { network, weights, stored: { height, width, channels }, task, classNames };
      await older.write(`weights.${run.seed}.${run.arm ?? 'backbone'}`, await encodeContainer(kept));
    }
    const none = { has: () => Promise.resolve(false), read: () => Promise.resolve(null) };
    expect(await askedLater({ ...subject, folder: older, runs: none })).toEqual(await first.ask(question));
  });

  it('answers without storage while the page is open', async () => {
    const here = studio();
    here.looking.show({ ...subject, folder: null, runs: null });
    here.datasets.open = open;
    for (const result of results) here.looking.hold(result, halves);
    expect(await here.ask(question)).toEqual(await first.ask(question));
    here.looking.close();
  });

  it('says what is missing and what to do', async () => {
    const elsewhere = studio();
    const classify: LookQuestion = { what: 'classify', image: { testImage: 0 }, runs, classIndex: null };
    expect(await elsewhere.ask(classify)).toMatchObject({ code: 'nothing-to-look-at' });
    elsewhere.looking.show({ ...subject, folder: null, runs: null });
    expect(await elsewhere.ask(classify)).toMatchObject({ code: 'weights-gone' });
    expect(await elsewhere.ask({ what: 'test-images', images: Uint32Array.of(0) })).toMatchObject({
      code: 'dataset-gone',
      remedy: 'Open halves.npz on the Data tab, then come back to this one.',
    });
    elsewhere.looking.show(subject);
    elsewhere.datasets.open = { ...open, dataset: { ...halves, sha256: 'b'.repeat(64) } };
    expect(await elsewhere.ask(classify)).toMatchObject({ code: 'dataset-gone' });
  });
});
