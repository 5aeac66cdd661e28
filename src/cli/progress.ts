/**
 * An experiment as it goes, in words: one passing line with a bar and the time left on a terminal, a lasting line after every
 * epoch and run everywhere.
 */
import type { ExperimentEvent, RunKey, SplitMetrics } from '../experiment/events.ts';
import { runTitle } from '../report/weightsFile.ts';
import type { Screen } from './screen.ts';

const barWidth = 24;

/** E.g. `42 s`, `3 min 5 s`, `2 h 10 min`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

export const metricsText = ({ accuracy, auc }: Pick<SplitMetrics, 'accuracy' | 'auc'>): string =>
  `ACC ${(accuracy * 100).toFixed(2)} %  AUC ${auc === null ? 'undefined' : auc.toFixed(4)}`;

const runText = (run: RunKey): string => `seed ${run.seed} ${runTitle(run)}`;

export class Progress {
  /** Null before anything was told of it. */
  #fraction: number | null = null;
  #leftMs: number | null = null;

  constructor(private readonly screen: Screen) {}

  tell(event: ExperimentEvent): void {
    switch (event.at) {
      case 'started': {
        const { backboneSteps, bases, finetuneSteps, recipe, trainImages, trainableParameters } = event;
        this.screen.line(
          `${recipe.name}: ${trainableParameters} parameters, ${trainImages} training images, ${recipe.seeds.length} seed(s) of ${backboneSteps} backbone steps and ${recipe.arms.length} x ${finetuneSteps} fine-tuning steps${bases === undefined ? '' : `, on each of ${bases.length} networks and start weights:`}`,
        );
        for (const { base, title, trainableParameters: own } of bases ?? [])
          this.screen.line(`       ${base ?? 'its own'}: ${title}, ${own} parameters`);
        for (const { mergedLayers, title } of bases ?? [{ ...event, title: '' }]) {
          if (mergedLayers.length > 0 || recipe.arms.every(({ merges }) => !merges)) continue;
          const where = title === '' ? '' : ` on ${title}`;
          this.screen.line(
            `note: nothing can merge${where}: all its convolutions come before the first merged layer, merging.firstLayer.`,
          );
        }
        break;
      }
      case 'progress': {
        this.#fraction = event.fraction;
        this.#leftMs = event.experimentLeftMs;
        const { epoch, epochs, imagesPerSecond, run, step, stepsPerEpoch } = event;
        const pace = imagesPerSecond === null ? '' : `, ${Math.round(imagesPerSecond)} images/s`;
        this.screen.transient(
          `${bar(event.fraction)} ${this.#left()}${runText(run)}, epoch ${epoch}/${epochs}, step ${step}/${stepsPerEpoch}${pace}`,
        );
        break;
      }
      case 'epoch': {
        const { best, epoch, run, trainAccuracy = null, trainLoss, val } = event;
        const loss = trainLoss === null ? '' : `train loss ${trainLoss.toFixed(4)}  `;
        const accuracy = trainAccuracy === null ? '' : `train ACC ${(trainAccuracy * 100).toFixed(2)} %  `;
        const done = (this.#fraction === null ? '' : `${Math.round(this.#fraction * 100)} %`).padStart(5);
        this.screen.line(
          `${done}  ${runText(run)} epoch ${epoch}: ${loss}${accuracy}val loss ${val.loss.toFixed(4)}  ${metricsText(val)}${best ? '  *' : ''}${this.#leftMs === null ? '' : `  (${durationText(this.#leftMs)} left)`}`,
        );
        break;
      }
      case 'result': {
        const { merges, run, selectedEpoch, test, tried } = event;
        const counts = tried === null ? '' : `, ${merges} of ${tried} tried pairs merged`;
        const metrics = test === null ? 'no test split' : `test ${metricsText(test)}`;
        this.screen.line(`       ${runText(run)} done: epoch ${selectedEpoch}, ${metrics}${counts}`);
        break;
      }
      case 'reused':
        this.screen.line(`       ${runText(event.run)} was trained before: taken from there`);
        break;
      case 'test-split':
      case 'start-weights':
      case 'layer-taus':
      case 'loss':
      case 'merges':
      case 'layers':
      case 'scores':
      case 'similarity':
      case 'finished':
      case 'stopped':
        break;
      default:
        event satisfies never;
    }
  }

  #left(): string {
    return this.#leftMs === null ? '' : `${durationText(this.#leftMs)} left, `;
  }
}

export function bar(fraction: number): string {
  const filled = Math.round(fraction * barWidth);
  const percent = `${Math.floor(fraction * 100)} %`.padStart(5);
  return `[${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}]${percent}`;
}
