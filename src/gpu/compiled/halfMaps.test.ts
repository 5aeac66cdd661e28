import { describe, expect, test } from 'vitest';
import { inHalves } from './halfMaps.ts';
import { floats, reads, sourceOf, writes, type Operation } from './operation.ts';

const half = { label: 'map', bytes: 8, half: true };
const whole = { label: 'sums', bytes: 16 };
const operation = (body: string, bindings: Operation['bindings']): Operation => ({
  label: 'kernel',
  bindings,
  body,
  groups: () => [1, 1, 1],
  macs: 0,
  chunk: 0,
});

describe('a kernel that binds maps in halves', () => {
  test('widens what it reads and rounds what it writes, and only of those maps', () => {
    const given = operation(
      'let a = x[i] + xs[x[0].x] * s[i];\ny[i * 2u] = select(y[i], x[j[0]], a == x[1]); if (y[0] == a) {}',
      [reads('x', half), reads('s', whole), writes('y', half)],
    );
    const { bindings, body } = inHalves(given);
    expect(body).toBe(
      'let a = vec4f(x[i]) + xs[vec4f(x[0]).x] * s[i];\n' +
        'y[i * 2u] = vec4<f16>(select(vec4f(y[i]), vec4f(x[j[0]]), a == vec4f(x[1]))); if (vec4f(y[0]) == a) {}',
    );
    expect(bindings.map(({ type }) => type)).toEqual(['array<vec4<f16>>', 'array<vec4f>', 'array<vec4<f16>>']);
  });

  test('reads single numbers too, and asks for the feature in its first line', () => {
    const found = inHalves(operation('y[0] = x[at + c];', [reads('x', half, floats), writes('y', whole, floats)]));
    expect(found.body).toBe('y[0] = f32(x[at + c]);');
    expect(sourceOf(found)).toMatch(/^enable f16;\n/);
  });

  test('is refused where it changes halves in place, which would round without saying so', () => {
    expect(() => inHalves(operation('x[0] += a;', [writes('x', half)]))).toThrow(/in place/);
  });

  test('is the same to the letter where none of its maps is', () => {
    const given = operation('y[0] = x[0];', [reads('x', whole), writes('y', whole)]);
    expect(inHalves(given)).toBe(given);
    expect(sourceOf(given)).not.toContain('f16');
  });
});
