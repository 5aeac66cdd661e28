/**
 * How maps and their gradients are stored between the kernels of a step: float16 halves the memory of a step and rounds
 * every stored number to 11 bits. Sums, weights, momentum and statistics are float32 in any case.
 */
import { StudioError } from '../base/errors.ts';

export type MapStorage = 'float32' | 'float16';

/** @param why that it cannot be had, as the start of a sentence */
export const noFloat16 = (why: string): StudioError =>
  new StudioError({
    code: 'float16-absent',
    message: `${why}, which the recipe wants its maps stored as.`,
    remedy: 'Set optimiser.maps to float32, or train on a GPU whose WebGPU offers “shader-f16”.',
    details: [{ where: 'optimiser.maps', found: 'float16', expected: 'float32' }],
  });
