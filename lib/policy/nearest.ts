/** Edit distance: insertions, deletions, replacements, and swaps of two neighbours. */
function distance(a: string, b: string): number {
  let twoBack: number[] = [];
  let back = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      const [above, left, corner] = [back[j], row[j - 1], back[j - 1]] as [number, number, number];
      let steps = Math.min(above + 1, left + 1, corner + (same ? 0 : 1));
      if (isSwapped(a, i, b, j)) steps = Math.min(steps, (twoBack[j - 2] as number) + 1);
      row.push(steps);
    }
    twoBack = back;
    back = row;
  }
  return back[b.length] as number;
}

/** True if the two characters before these positions are swapped. */
function isSwapped(a: string, i: number, b: string, j: number): boolean {
  return a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
}

/** The known word that a mistyped one most likely means; null if none is near. */
export function nearest(word: string, known: Iterable<string>): string | null {
  const typed = word.slice(0, 200).toLowerCase();
  let best: string | null = null;
  let least = Math.max(2, Math.floor(typed.length / 2)) + 1;
  for (const candidate of known) {
    const lower = candidate.toLowerCase();
    // an ARN typed by its name alone, or a path by its first word; the one with the fewest other characters
    const beside = (lower.length - typed.length) / 10_000;
    const steps = typed.length > 2 && lower.includes(typed) ? 1 + beside : distance(typed, lower);
    if (steps < least) [best, least] = [candidate, steps];
  }
  return best;
}

/** ` (did you mean \`x\`?)`, or empty if no known word is near. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const match = nearest(word, known);
  return match === null ? '' : ` (did you mean \`${match}\`?)`;
}
