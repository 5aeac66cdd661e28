/** A text with `K_i`, `K_j` and `L_s` set as the symbols they are. */

export function Symbols({ text }: { text: string }) {
  return text.split(/([KL]_[ijs])/).map((part, k) =>
    k % 2 === 0 ? (
      part
    ) : (
      <span key={k}>
        {part[0]}
        <sub>{part[2]}</sub>
      </span>
    ),
  );
}
