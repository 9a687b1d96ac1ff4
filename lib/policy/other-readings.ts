import type { RepeatedKey } from './json.ts';

/**
 * The possible meanings of JSON text with duplicate keys, besides that of JSON.parse, which uses the last of
 * each.
 */
export interface OtherReadings {
  readonly values: readonly unknown[];
  /** false: there are more than were read */
  readonly complete: boolean;
}

const MOST = 64;

/**
 * Each choice of one occurrence of each repeated key, up to `most`. `text` is JSON that `parseJson` has read.
 * Parsers differ on such an object: https://www.rfc-editor.org/rfc/rfc8259#section-4
 */
export function otherReadings(
  text: string,
  repeated: readonly RepeatedKey[],
  most: number = MOST,
): OtherReadings {
  const all = repeated.reduce((product, { places }) => product * places.length, 1);
  // the first is what JSON.parse says
  const count = Math.min(all, MOST, most + 1);
  const values = Array.from({ length: count - 1 }, (_, i) => readingOf(text, repeated, i + 1));
  return { values, complete: count === all };
}

/**
 * The reading with that number: for each key the occurrence that its digit selects, counted from the last.
 */
function readingOf(text: string, repeated: readonly RepeatedKey[], number: number): unknown {
  const left = leftOver(text);
  let rest = number;
  const dropped = repeated.flatMap(({ places }) => {
    const taken = places.length - 1 - (rest % places.length);
    rest = Math.floor(rest / places.length);
    return places.filter((_, i) => i !== taken);
  });
  let read = '';
  let from = 0;
  for (const [start, end] of dropped.sort(([a], [b]) => a - b)) {
    read += text.slice(from, start) + JSON.stringify(left);
    from = end;
  }
  const value: unknown = JSON.parse(read + text.slice(from), (key, one) => (key === left ? undefined : one));
  return value;
}

/** A key that the text does not hold. */
function leftOver(text: string): string {
  let name = 'left over';
  while (text.includes(name)) name += '!';
  return name;
}
