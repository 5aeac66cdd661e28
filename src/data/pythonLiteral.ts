/**
 * The Python literals that a npy header may hold: strings, numbers, True, False, None, tuples, lists and one dict.
 * A recursive grammar, nothing evaluated; calls, names, f-strings and arithmetic have no rule and stop the parse.
 */

export type Literal =
  | { readonly is: 'string'; readonly value: string }
  | { readonly is: 'int'; readonly value: bigint }
  | { readonly is: 'float'; readonly text: string }
  | { readonly is: 'bool'; readonly value: boolean }
  | { readonly is: 'none' }
  | { readonly is: 'tuple' | 'list'; readonly items: readonly Literal[] };

/** Where and why a header is no dict of literals. */
export class NotLiteral extends Error {}

const deepest = 8;

/** `{'key': literal, ...}` with at most trailing white space. Throws NotLiteral; a key that comes twice is one reason. */
export function parseDict(text: string): Map<string, Literal> {
  return new Parser(text).dict();
}

/** The literal as Python would print it, for messages. */
export function literalText(literal: Literal): string {
  switch (literal.is) {
    case 'string':
      return `'${literal.value}'`;
    case 'int':
      return String(literal.value);
    case 'float':
      return literal.text;
    case 'bool':
      return literal.value ? 'True' : 'False';
    case 'none':
      return 'None';
    case 'list':
      return `[${literal.items.map(literalText).join(', ')}]`;
    case 'tuple':
      return `(${literal.items.map(literalText).join(', ')}${literal.items.length === 1 ? ',' : ''})`;
  }
}

class Parser {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  dict(): Map<string, Literal> {
    const entries = new Map<string, Literal>();
    this.expect('{');
    while (!this.accept('}')) {
      const key = this.string();
      if (entries.has(key)) throw this.stop(`the key '${key}' twice`);
      this.expect(':');
      entries.set(key, this.literal(0));
      if (!this.accept(',')) {
        this.expect('}');
        break;
      }
    }
    this.space();
    if (this.at < this.text.length) throw this.stop('text after the closing brace');
    return entries;
  }

  private literal(depth: number): Literal {
    if (depth > deepest) throw this.stop(`brackets more than ${deepest} deep`);
    this.space();
    const next = this.text[this.at];
    if (next === "'" || next === '"') return { is: 'string', value: this.string() };
    if (this.accept('(')) return this.items(')', depth);
    if (this.accept('[')) return this.items(']', depth);
    const word = /[\w.+-]*/y;
    word.lastIndex = this.at;
    const found = word.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    if (found === 'True' || found === 'False') return { is: 'bool', value: found === 'True' };
    if (found === 'None') return { is: 'none' };
    // `L` is how Python 2 wrote its long integers.
    if (/^[+-]?\d+L?$/.test(found)) return { is: 'int', value: BigInt(found.replace(/^\+|L$/g, '')) };
    if (/^[+-]?(\d+\.\d*|\.\d+|\d+(?=[eE]))([eE][+-]?\d+)?$/.test(found)) return { is: 'float', text: found };
    this.at -= found.length;
    throw this.stop('something that is no plain value');
  }

  private items(close: string, depth: number): Literal {
    const items: Literal[] = [];
    let commas = 0;
    while (!this.accept(close)) {
      items.push(this.literal(depth + 1));
      if (!this.accept(',')) {
        this.expect(close);
        break;
      }
      commas++;
    }
    if (close === ']') return { is: 'list', items };
    const [only] = items;
    // (5) is 5 in brackets, (5,) a tuple.
    return items.length === 1 && commas === 0 && only !== undefined ? only : { is: 'tuple', items };
  }

  private string(): string {
    this.space();
    const quote = this.text[this.at];
    if (quote !== "'" && quote !== '"') throw this.stop('no quoted text where one belongs');
    const end = this.text.indexOf(quote, this.at + 1);
    const value = this.text.slice(this.at + 1, end < 0 ? undefined : end);
    if (end < 0 || /[\\\r\n]/.test(value)) throw this.stop('quoted text with a backslash or without an end');
    this.at = end + 1;
    return value;
  }

  private space(): void {
    while (/[ \t\r\n\f]/.test(this.text[this.at] ?? '')) this.at++;
  }

  private accept(mark: string): boolean {
    this.space();
    if (this.text[this.at] !== mark) return false;
    this.at++;
    return true;
  }

  private expect(mark: string): void {
    if (!this.accept(mark)) throw this.stop(`no “${mark}” where one belongs`);
  }

  private stop(what: string): NotLiteral {
    return new NotLiteral(`${what}, at character ${this.at}`);
  }
}
