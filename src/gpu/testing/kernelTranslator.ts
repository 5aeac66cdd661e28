/**
 * From a convolution kernel's WGSL to JavaScript of the same operations in the same order, for `kernelOnProcessor.ts`:
 * `main` becomes a generator that yields at barriers. Fours are arrays that nobody changes.
 */

/** What the JavaScript calls. */
export const library = `const F = Math.fround;
const all = (s) => [s, s, s, s];
const out = (i) => { throw new Error('outside: ' + i); };
const get1 = (a, i) => (i < a.length ? a[i] : out(i));
const get4 = (a, i) => (4 * i + 3 < a.length ? [a[4 * i], a[4 * i + 1], a[4 * i + 2], a[4 * i + 3]] : out(i));
const set4 = (a, i, v) => { if (4 * i + 3 >= a.length) out(i); a.set(v, 4 * i); };
const add = (a, b) => [F(a[0] + b[0]), F(a[1] + b[1]), F(a[2] + b[2]), F(a[3] + b[3])];
const subtract = (a, b) => [F(a[0] - b[0]), F(a[1] - b[1]), F(a[2] - b[2]), F(a[3] - b[3])];
const multiply = (a, b) => [F(a[0] * b[0]), F(a[1] * b[1]), F(a[2] * b[2]), F(a[3] * b[3])];
const addScaled = (a, s, b) => [F(a[0] + F(s * b[0])), F(a[1] + F(s * b[1])), F(a[2] + F(s * b[2])), F(a[3] + F(s * b[3]))];
const divide = (a, b) => [F(a[0] / b[0]), F(a[1] / b[1]), F(a[2] / b[2]), F(a[3] / b[3])];
const above = (a, b) => [a[0] > b[0], a[1] > b[1], a[2] > b[2], a[3] > b[3]];
const most = (a, b) => [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
const choose = (f, t, c) => [c[0] ? t[0] : f[0], c[1] ? t[1] : f[1], c[2] ? t[2] : f[2], c[3] ? t[3] : f[3]];
const dot = (a, b) => F(F(F(F(a[0] * b[0]) + F(a[1] * b[1])) + F(a[2] * b[2])) + F(a[3] * b[3]));`;

export type WgslType =
  'u32' | 'i32' | 'f32' | 'bool' | 'vec4f' | 'vec4b' | 'vec3u' | 'Batch' | 'array<vec4f>' | 'array<f32>' | 'void';

interface Term {
  readonly js: string;
  readonly type: WgslType;
  /** A number without a type of its own: it takes the other's. */
  readonly bare?: boolean;
}

const precedence: Readonly<Record<string, number>> = {
  '||': 1,
  '&&': 2,
  '==': 3,
  '!=': 3,
  '<': 4,
  '>': 4,
  '<=': 4,
  '>=': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
};
const comparisons = new Set(['==', '!=', '<', '>', '<=', '>=']);
const ofFours: Readonly<Record<string, string>> = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
  '>': 'above',
};

export class KernelTranslator {
  readonly #tokens: readonly string[];
  #at = 0;
  readonly #scopes: Map<string, WgslType>[];
  readonly #functions = new Map<string, WgslType>();

  constructor(code: string, globals: Map<string, WgslType>) {
    const token = /\/\/[^\n]*|[A-Za-z_]\w*|\d+\.\d+(?:e[-+]?\d+)?|\d+e[-+]?\d+|\d+u?|[-+*/%<>=!]=|&&|\|\||\+\+|->|\S/g;
    this.#tokens = [...code.matchAll(token)].map(([text]) => text).filter((text) => !text.startsWith('//'));
    this.#scopes = [globals];
  }

  module(): { js: string; invocations: number; shared: string[] } {
    const pieces: string[] = [];
    const shared: string[] = [];
    let invocations = 0;
    while (this.#at < this.#tokens.length) {
      if (this.#takes('var')) {
        this.#takeAll('<', 'workgroup', '>');
        const name = this.#next();
        this.#takeAll(':', 'array', '<', 'vec4f', ',');
        const length = Number(this.#next());
        this.#takeAll('>', ';');
        this.#scope.set(name, 'array<vec4f>');
        shared.push(name);
        pieces.push(`const ${name} = new Float32Array(${4 * length});`);
      } else if (this.#takes('@')) {
        this.#takeAll('compute', '@', 'workgroup_size', '(');
        invocations = Number(this.#next());
        this.#takeAll(')');
      } else pieces.push(this.#function());
    }
    return { js: pieces.join('\n'), invocations, shared };
  }

  get #scope(): Map<string, WgslType> {
    return this.#scopes.at(-1) as Map<string, WgslType>;
  }

  #next(): string {
    return this.#tokens[this.#at++] ?? '';
  }

  #takes(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }

  #takeAll(...tokens: string[]): void {
    for (const token of tokens) if (!this.#takes(token)) throw this.#unknown(`, not ${token}`);
  }

  #unknown(more = ''): Error {
    return new Error(`Not read: ${this.#tokens.slice(Math.max(0, this.#at - 12), this.#at + 3).join(' ')}${more}`);
  }

  #function(): string {
    this.#takeAll('fn');
    const name = this.#next();
    this.#takeAll('(');
    this.#scopes.push(new Map());
    const parameters: string[] = [];
    while (!this.#takes(')')) {
      if (this.#takes('@')) {
        this.#takeAll('builtin', '(');
        this.#next();
        this.#takeAll(')');
      }
      const parameter = this.#next();
      this.#takeAll(':');
      this.#scope.set(parameter, this.#next() as WgslType);
      parameters.push(parameter);
      this.#takes(',');
    }
    this.#functions.set(name, this.#takes('->') ? (this.#next() as WgslType) : 'void');
    const block = this.#block();
    this.#scopes.pop();
    return `function${name === 'main' ? '*' : ''} ${name}(${parameters.join(', ')}) ${block}`;
  }

  #block(): string {
    this.#takeAll('{');
    this.#scopes.push(new Map());
    const statements: string[] = [];
    while (!this.#takes('}')) statements.push(this.#statement());
    this.#scopes.pop();
    return `{\n${statements.join('\n')}\n}`;
  }

  #statement(): string {
    if (this.#tokens[this.#at] === '{') return this.#block();
    if (this.#takes('if')) return `if (${this.#expression().js}) ${this.#block()}`;
    if (this.#takes('for')) {
      this.#takeAll('(');
      this.#scopes.push(new Map());
      const first = this.#simple();
      this.#takeAll(';');
      const test = this.#expression().js;
      this.#takeAll(';');
      const then = this.#simple();
      this.#takeAll(')');
      const block = this.#block();
      this.#scopes.pop();
      return `for (${first}; ${test}; ${then}) ${block}`;
    }
    const statement = this.#simple();
    this.#takeAll(';');
    return `${statement};`;
  }

  /** A declaration, an assignment, a call or a return, without its semicolon. */
  #simple(): string {
    const start = this.#at;
    const word = this.#next();
    if (word === 'let' || word === 'var') {
      const name = this.#next();
      this.#takeAll('=');
      const { js, type } = this.#expression();
      this.#scope.set(name, type);
      return `let ${name} = ${js}`;
    }
    if (word === 'return') return `return ${this.#expression().js}`;
    if (word === 'workgroupBarrier' || word === 'storageBarrier') {
      this.#takeAll('(', ')');
      return 'yield';
    }
    this.#at = start;
    const target = this.#operand();
    if (this.#takes('++')) return `${target.js}++`;
    const operator = this.#tokens[this.#at] ?? '';
    if (operator !== '=' && operator !== '+=') {
      if (target.js.endsWith(')')) return target.js;
      throw this.#unknown();
    }
    this.#at++;
    const right = this.#expression();
    const value = operator === '=' ? right : added(target, right);
    const element = /^get4\((\w+), (.*)\)$/s.exec(target.js);
    return element === null ? `${target.js} = ${value.js}` : `set4(${element[1]}, ${element[2]}, ${value.js})`;
  }

  #expression(least = 1): Term {
    let left = this.#operand();
    for (;;) {
      const operator = this.#tokens[this.#at] ?? '';
      const binds = precedence[operator] ?? 0;
      if (binds < least) return left;
      this.#at++;
      left = combined(operator, left, this.#expression(binds + 1));
    }
  }

  #operand(): Term {
    let term = this.#start();
    for (;;) {
      if (this.#takes('.')) {
        const member = this.#next();
        if (term.type === 'vec4f') term = { js: `${term.js}[${'xyzw'.indexOf(member)}]`, type: 'f32' };
        else term = { js: `${term.js}.${member}`, type: 'u32' };
      } else if (this.#takes('[')) {
        const { js } = this.#expression();
        this.#takeAll(']');
        if (term.type === 'array<vec4f>') term = { js: `get4(${term.js}, ${js})`, type: 'vec4f' };
        else if (term.type === 'array<f32>') term = { js: `get1(${term.js}, ${js})`, type: 'f32' };
        else throw this.#unknown();
      } else return term;
    }
  }

  #start(): Term {
    const word = this.#next();
    if (word === '(') {
      const { js, type } = this.#expression();
      this.#takeAll(')');
      return { js: `(${js})`, type };
    }
    if (word === '-') return combined('-', { js: '0', type: 'i32', bare: true }, this.#operand());
    if (/^\d+u$/.test(word)) return { js: word.slice(0, -1), type: 'u32' };
    if (/^\d+$/.test(word)) return { js: word, type: 'i32', bare: true };
    if (/^\d/.test(word)) return { js: `F(${word})`, type: 'f32' };
    if (word === 'true' || word === 'false') return { js: word, type: 'bool' };
    if (this.#takes('(')) {
      const given: Term[] = [];
      while (!this.#takes(')')) {
        given.push(this.#expression());
        this.#takes(',');
      }
      return this.#call(word, given);
    }
    const type = this.#scopes.findLast((scope) => scope.has(word))?.get(word);
    if (type === undefined) throw this.#unknown();
    return { js: word, type };
  }

  #call(name: string, given: readonly Term[]): Term {
    const [first, second, third] = given as [Term, Term, Term];
    const list = given.map(({ js }) => js).join(', ');
    switch (name) {
      case 'vec4f':
        return { js: given.length === 1 ? `all(${list})` : `[${list}]`, type: 'vec4f' };
      case 'u32':
        return { js: `(${list} >>> 0)`, type: 'u32' };
      case 'i32':
        return { js: `(${list} | 0)`, type: 'i32' };
      case 'f32':
        return { js: `F(${list})`, type: 'f32' };
      case 'dot':
        return { js: `dot(${list})`, type: 'f32' };
      case 'select':
        if (third.type === 'vec4b') return { js: `choose(${list})`, type: 'vec4f' };
        return { js: `(${third.js} ? ${second.js} : ${first.js})`, type: common(first, second) };
      case 'min':
      case 'max':
        if (first.type === 'vec4f' && name === 'max') return { js: `most(${list})`, type: 'vec4f' };
        return { js: `Math.${name}(${list})`, type: common(first, second) };
    }
    const type = this.#functions.get(name);
    if (type === undefined) throw this.#unknown();
    return { js: `${name}(${list})`, type };
  }
}

function common(a: Term, b: Term): WgslType {
  if (a.type === b.type || b.bare === true) return a.type;
  if (a.bare === true) return b.type;
  throw new Error(`${a.type} with ${b.type}: ${a.js}, ${b.js}`);
}

/** The innermost of a product's work: in one go, which changes no rounding. */
function added(sum: Term, more: Term): Term {
  const scaled = /^multiply\(all\((\w+(?:\[\d\])?)\), (\w+)\)$/.exec(more.js);
  if (scaled === null) return combined('+', sum, more);
  return { js: `addScaled(${sum.js}, ${scaled[1]}, ${scaled[2]})`, type: 'vec4f' };
}

function combined(operator: string, a: Term, b: Term): Term {
  if (a.type === 'vec4f' || b.type === 'vec4f') {
    const name = ofFours[operator];
    if (name === undefined) throw new Error(`Fours do not ${operator}.`);
    const four = ({ js, type }: Term) => (type === 'vec4f' ? js : `all(${js})`);
    return { js: `${name}(${four(a)}, ${four(b)})`, type: operator === '>' ? 'vec4b' : 'vec4f' };
  }
  const type = common(a, b);
  const plain = `${a.js} ${operator} ${b.js}`;
  if (comparisons.has(operator)) return { js: `(${plain})`, type: 'bool' };
  if (type === 'bool') return { js: `(${plain})`, type };
  if (type === 'f32') return { js: `F(${plain})`, type };
  const bare = a.bare === true && b.bare === true;
  const whole = type === 'u32' ? '>>> 0' : '| 0';
  return { js: operator === '*' ? `(Math.imul(${a.js}, ${b.js}) ${whole})` : `((${plain}) ${whole})`, type, bare };
}
