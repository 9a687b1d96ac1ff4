/** Offsets of a text, one byte each: 1 where the pattern read so far may end. */
export type Offsets = Uint8Array;

/** One step of a pattern: this character. All possible matches are followed at once, in linear time. */
export function overChar(from: Offsets, char: string, text: string): Offsets {
  const next = new Uint8Array(from.length);
  for (let at = 0; at < text.length; at++) if (from[at] === 1 && text[at] === char) next[at + 1] = 1;
  return next;
}

/** The step over a `*` or a `?`, which never matches the character at one of the `stops`. */
export function overWild(from: Offsets, wild: '*' | '?', stops: ReadonlySet<number>): Offsets {
  return wild === '*' ? overAny(from, stops) : overOne(from, stops);
}

function overAny(from: Offsets, stops: ReadonlySet<number>): Offsets {
  const next = new Uint8Array(from.length);
  let reached = 0;
  for (let at = 0; at < from.length; at++) {
    reached ||= from[at] as number;
    next[at] = reached;
    if (stops.has(at)) reached = 0;
  }
  return next;
}

function overOne(from: Offsets, stops: ReadonlySet<number>): Offsets {
  const next = new Uint8Array(from.length);
  for (let at = 0; at < from.length - 1; at++) if (from[at] === 1 && !stops.has(at)) next[at + 1] = 1;
  return next;
}

/** The start offsets of a pattern. */
export function offsetsAt(places: Iterable<number>, text: string): Offsets {
  const offsets = new Uint8Array(text.length + 1);
  for (const place of places) offsets[place] = 1;
  return offsets;
}

export function reachedOffsets(offsets: Offsets): ReadonlySet<number> {
  const places = new Set<number>();
  for (const [at, reached] of offsets.entries()) if (reached === 1) places.add(at);
  return places;
}
