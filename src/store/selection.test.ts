import { describe, expect, test } from 'vitest';
import { changed, nothingSelected, pairOf, readSelection, selectionParts, type Selection } from './selection.ts';

const throughAddress = (selection: Selection) => readSelection(`#r=1.abc&${selectionParts(selection).join('&')}`);

describe('a selection', () => {
  test('goes through the address and back', () => {
    const whole: Selection = {
      base: 'vgg11-bn_from-imagenet',
      seed: 3,
      arm: 'τ = 0.2 & more',
      layer: 0,
      epoch: 0,
      kernels: [402, 137],
      drawn: ['baseline', 'tau-0.2'],
    };
    expect(throughAddress(whole)).toEqual(whole);
    expect(throughAddress(nothingSelected)).toEqual(nothingSelected);
    for (const drawn of ['all', 'pair'] as const)
      expect(throughAddress({ ...nothingSelected, drawn })).toEqual({ ...nothingSelected, drawn });
    expect(selectionParts(nothingSelected)).toEqual([]);
  });

  test('names the kernels of a cluster in few characters, in their order', () => {
    const cluster: Selection = { ...nothingSelected, layer: 4, kernels: [9, 3, 4, 5, 6, 1, 2] };
    expect(selectionParts(cluster)).toContain('kernels=9,3-6,1,2');
    expect(throughAddress(cluster)).toEqual(cluster);
  });

  test('from an address that does not fit is left out, part by part, and never grows without bound', () => {
    expect(readSelection('#layer=-1&epoch=x&kernels=a,7,1e9,2-&seed=1.5&arm=%E0%A4%A&lines=.none,tau-0.1,<b>')).toEqual({
      ...nothingSelected,
      kernels: [7],
      drawn: ['tau-0.1'],
    });
    expect(readSelection('#kernels=0-99999').kernels).toHaveLength(2048);
  });

  test('forgets its kernels with their layer, unless others come with the new one', () => {
    const pair = changed(nothingSelected, { layer: 2, kernels: [1, 5] });
    expect(pairOf(pair)).toEqual({ i: 1, j: 5 });
    expect(changed(pair, { epoch: 3 }).kernels).toEqual([1, 5]);
    expect(changed(pair, { layer: 3 }).kernels).toEqual([]);
    expect(changed(pair, { base: 'vgg11' }).kernels).toEqual([]);
    expect(changed(pair, { layer: 3, kernels: [8] }).kernels).toEqual([8]);
    expect(pairOf(changed(pair, { kernels: [1, 2, 3] }))).toBeNull();
  });
});
