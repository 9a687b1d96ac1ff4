/** Offsets of a text, one byte each: 1 where what was read of a pattern may end. */
export type Offsets = Uint8Array;

/**
 * One step of a pattern: a character, or with `isWild` a `*` or `?` that never takes the character at one of the
 * `stops`. All ways to match are followed at once, in the time of the text.
 */
export function stepOver(
  from: Offsets,
  char: string,
  isWild: boolean,
  text: string,
  stops: ReadonlySet<number>,
): Offsets {
  const next = new Uint8Array(from.length);
  if (isWild && char === '*') {
    let reached = 0;
    for (let at = 0; at < from.length; at++) {
      reached ||= from[at] as number;
      next[at] = reached;
      if (stops.has(at)) reached = 0;
    }
    return next;
  }
  for (let at = 0; at < text.length; at++)
    if (from[at] === 1 && (isWild ? !stops.has(at) : text[at] === char)) next[at + 1] = 1;
  return next;
}

/** The one offset that a pattern starts from, or several. */
export function offsetsAt(places: Iterable<number>, text: string): Offsets {
  const offsets = new Uint8Array(text.length + 1);
  for (const place of places) offsets[place] = 1;
  return offsets;
}

export function placesIn(offsets: Offsets): ReadonlySet<number> {
  const places = new Set<number>();
  for (const [at, reached] of offsets.entries()) if (reached === 1) places.add(at);
  return places;
}
