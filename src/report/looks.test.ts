import { describe, expect, test } from 'vitest';
import { armLooks } from './looks.ts';

const arms = (...merging: string[]) => [{ name: 'baseline', merges: false }, ...merging.map((name) => ({ name, merges: true }))];
const names = (list: readonly { name: string }[]) => list.map(({ name }) => name);

describe('looks of arms', () => {
  const five = arms('inmerge', 'tau-0.1', 'tau-0.2', 'tau-0.4');

  test('the two that are compared keep theirs, whoever they are', () => {
    expect(Object.fromEntries(armLooks(five, null, names(five)))).toEqual({
      baseline: 'baseline',
      inmerge: 'compared',
      'tau-0.1': 0,
      'tau-0.2': 1,
      'tau-0.4': 2,
    });
    // The first arm takes the look that the compared one leaves; nobody else's changes.
    expect(Object.fromEntries(armLooks(five, 'tau-0.2', names(five)))).toEqual({
      baseline: 'baseline',
      inmerge: 1,
      'tau-0.1': 0,
      'tau-0.2': 'compared',
      'tau-0.4': 2,
    });
  });

  test('an arm keeps its look while others come and go', () => {
    expect([...armLooks(five, null, ['tau-0.4', 'baseline'])]).toEqual([
      ['baseline', 'baseline'],
      ['tau-0.4', 2],
    ]);
  });

  test('no two of eight lines look alike, whichever eight of many; the ninth makes all but two grey', () => {
    const many = arms(...Array.from({ length: 20 }, (_, k) => `tau-0.${10 + k}`));
    const eight = ['baseline', 'tau-0.12', 'tau-0.14', 'tau-0.16', 'tau-0.18', 'tau-0.20', 'tau-0.22', 'tau-0.24'];
    expect(new Set(armLooks(many, 'tau-0.14', eight).values()).size).toBe(8);
    const looks = armLooks(many, 'tau-0.14', [...eight, 'tau-0.29']);
    expect([...looks].filter(([, look]) => look !== 'faint')).toEqual([
      ['baseline', 'baseline'],
      ['tau-0.14', 'compared'],
    ]);
    // Eight without the two that are compared: six colours, and two that are grey rather than alike.
    const others = Array.from({ length: 8 }, (_, k) => `tau-0.${11 + k}`);
    const found = [...armLooks(many, null, others).values()];
    expect(new Set(found.filter((look) => look !== 'faint')).size).toBe(6);
  });
});
