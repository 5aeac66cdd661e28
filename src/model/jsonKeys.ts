/**
 * Finds a key that stands twice in one object of a JSON text, which JSON.parse hides by keeping the last. Expects text that
 * JSON.parse has accepted; goes through it once, without recursion.
 */

/** The first key that repeats one of its own object, or null. Keys are compared as they read once unescaped. */
export function repeatedKey(json: string): string | null {
  // One entry for each open bracket: the keys of an object so far, null for an array.
  const open: (Set<string> | null)[] = [];
  let keyComes = false;
  for (let at = 0; at < json.length; at++) {
    switch (json[at]) {
      case '{':
        open.push(new Set());
        keyComes = true;
        break;
      case '[':
        open.push(null);
        keyComes = false;
        break;
      case '}':
      case ']':
        open.pop();
        break;
      case ',':
        keyComes = open.at(-1) instanceof Set;
        break;
      case '"': {
        const end = closingQuote(json, at);
        const keys = open.at(-1);
        if (keyComes && keys instanceof Set) {
          const key = JSON.parse(json.slice(at, end + 1)) as string;
          if (keys.has(key)) return key;
          keys.add(key);
          keyComes = false;
        }
        at = end;
        break;
      }
    }
  }
  return null;
}

function closingQuote(json: string, openingQuote: number): number {
  let at = openingQuote + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at;
}
