/** The experiment on the page as a study, and the files made of it. Everything here is loaded when it is asked for. */
import { build } from '../../base/build.ts';
import { bundlePieces } from '../../report/bundle.ts';
import type { Band } from '../../report/bands.ts';
import type { CurveStyle } from '../../report/figures.ts';
import { recordedResults } from '../../report/recorded.ts';
import { reportFiles } from '../../report/reportFiles.ts';
import type { ReportFile } from '../../report/reportFile.ts';
import { Study } from '../../report/study.ts';
import { drawnArms } from '../../store/drawn.ts';
import { progressOf } from '../../store/status.ts';
import type { StudioState } from '../../store/state.ts';

export interface ReportSource {
  readonly study: Study;
  readonly files: readonly ReportFile[];
  /** Begins every file's name. */
  readonly title: string;
  /** @param weights of runs, to go with everything else */
  readonly bundle: (weights: readonly ReportFile[]) => Promise<readonly Uint8Array<ArrayBuffer>[]>;
}

/** The curves as the Compare screen draws them. */
export function shownCurves({ curveLook, record, selection }: StudioState) {
  return {
    ...curveLook,
    arms: record === null ? [] : drawnArms(record, selection.drawn),
    compared: record?.compared ?? null,
  };
}

export function styleOf({ arms, ...shown }: ReturnType<typeof shownCurves>, band: Band, all: boolean): CurveStyle {
  return { ...shown, band, ...(all ? {} : { arms }) };
}

export function reportSource(state: StudioState, style: CurveStyle): ReportSource | null {
  const { ended, record, reopened, status, trainedOn } = state;
  if (record === null) return null;
  const recipe = record.wholeRecipe;
  const savedAt = Date.now();
  const results = recordedResults(record.told, {
    recipe,
    datasetTitle: trainedOn?.dataset.title ?? reopened?.datasetTitle ?? recipe.dataset.name,
    startedAt: reopened?.startedAt ?? savedAt - (ended?.elapsedMs ?? 0),
    savedAt,
    finished: ended?.how === 'finished' && (reopened === null || reopened.state === 'finished'),
    robustness: state.robustness,
    fraction: reopened?.fraction ?? progressOf(status)?.fraction ?? 0,
  });
  const study = new Study(results);
  const files = reportFiles(study, build, style);
  const bundle = (weights: readonly ReportFile[]) => bundlePieces(results, [...files, ...weights], build);
  return { study, files, title: `${recipe.dataset.name} ${recipe.name}`, bundle };
}
