/**
 * Any text as LaTeX that compiles in a plain document: what has a meaning there is escaped, control characters are left out,
 * and what the usual fonts lack is written with its nearest letters, or as its number in Unicode.
 */

const symbols: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  '&': '\\&',
  '%': '\\%',
  $: '\\$',
  '#': '\\#',
  _: '\\_',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  // Not \textquotedbl, which needs another font encoding.
  '"': "''",
  // At the start of a row both would be taken as belonging to the end of the row before.
  '[': '{[}',
  '*': '{*}',
  '−': '$-$',
  '–': '--',
  '—': '---',
  '‐': '-',
  '‑': '-',
  '·': '$\\cdot$',
  '…': '\\ldots{}',
  '±': '$\\pm$',
  '×': '$\\times$',
  '≤': '$\\leq$',
  '≥': '$\\geq$',
  '≠': '$\\neq$',
  '≈': '$\\approx$',
  '∞': '$\\infty$',
  '→': '$\\rightarrow$',
  '°': '$^\\circ$',
  µ: '$\\mu$',
  ₛ: '$_s$',
  '²': '$^2$',
  '³': '$^3$',
  '’': "'",
  '‘': '`',
  '“': '``',
  '”': "''",
  '\u00a0': '~',
};

const greek = Object.fromEntries(
  'α alpha β beta γ gamma δ delta ε varepsilon ζ zeta η eta θ theta ι iota κ kappa λ lambda μ mu ν nu ξ xi π pi ρ rho σ sigma ς varsigma τ tau υ upsilon φ varphi χ chi ψ psi ω omega Γ Gamma Δ Delta Θ Theta Λ Lambda Ξ Xi Π Pi Σ Sigma Υ Upsilon Φ Phi Ψ Psi Ω Omega'
    .split(' ')
    .flatMap((word, at, all) => (at % 2 === 0 ? [[word, `$\\${all[at + 1]}$`]] : [])),
) as Readonly<Record<string, string>>;

/** Printable ASCII, and the letters that LaTeX puts together in its own font encoding. */
const asItIs = /[ -~À-ÏÑ-ÝßÀ-ïñ-ýÿĀ-ăĆ-ďĒ-ėĚ-ĥĨ-ĭİ-ķĹ-ľŁ-ňŌ-ťŨ-űŴ-ž]/;

export const latex = (value: string): string => Array.from(value, written).join('');

function written(character: string): string {
  const symbol = symbols[character] ?? greek[character];
  if (symbol !== undefined) return symbol;
  if (/\p{Cc}/u.test(character)) return ' ';
  if (asItIs.test(character)) return character;
  const nearest = character.normalize('NFKD').replaceAll('⁄', '/').replaceAll(/\p{M}/gu, '');
  if (/^[ -~]*$/.test(nearest)) return Array.from(nearest, (part) => symbols[part] ?? part).join('');
  return `{[}U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`;
}
