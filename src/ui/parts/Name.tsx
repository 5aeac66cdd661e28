/**
 * A name that came from a file. Isolated, so that right-to-left marks in it cannot turn the text around it, stripped of
 * control characters, and cut in the middle, where names differ least.
 */
const controls = /[\p{Cc}\p{Cf}]/gu;

export function shortName(text: string, longest: number): string {
  const clean = Array.from(text.replaceAll(controls, ''));
  if (clean.length <= longest) return clean.join('');
  const head = Math.ceil((longest - 1) * 0.6);
  return `${clean.slice(0, head).join('')}…${clean.slice(clean.length - (longest - 1 - head)).join('')}`;
}

export function Name({ text, longest = 40 }: { text: string; longest?: number }) {
  return (
    <bdi className="name" title={text.replaceAll(controls, '').slice(0, 500)}>
      {shortName(text, longest)}
    </bdi>
  );
}
