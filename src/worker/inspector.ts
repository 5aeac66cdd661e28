/** What the inspector answers, apart from being a thread. */
import { snapshotWeights } from '../experiment/snapshots.ts';
import { hostSimilarity } from '../merge/hostSimilarity.ts';
import { channelBasis, projected } from '../merge/kernelPictures.ts';
import { clusterOrder, spectralOrder } from '../merge/ordering.ts';
import type { InspectorAnswers, InspectorQuestion } from './inspectorProtocol.ts';

export function inspect(question: InspectorQuestion): InspectorAnswers[keyof InspectorAnswers] {
  switch (question.ask) {
    case 'similarity':
      return hostSimilarity(snapshotWeights(question.of), question.of.kernels);
    case 'cluster':
      return clusterOrder(question.values, question.kernels);
    case 'spectral':
      return spectralOrder(question.values, question.kernels);
    case 'basis':
      return channelBasis(snapshotWeights(question.of), question.of.channels, question.of.kernels, question.isImage);
    case 'colours':
      return projected(snapshotWeights(question.of), question.basis, question.of.kernels);
    default:
      return question satisfies never;
  }
}
