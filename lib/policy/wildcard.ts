/**
 * A pattern with `*` (any run of characters) and `?` (exactly one), compiled once. Matching never backtracks
 * over a `*`: the pieces between two stars are found one after the other, so no pattern can make it slow
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html).
 */
export interface Glob {
  /** the runs between the stars; one piece: no star; empty if the pattern is plain text */
  readonly pieces: readonly Piece[];
  /** set when the pattern is plain text, which most patterns are */
  readonly literal: string | null;
}

/** Text, and the offsets at which any character matches. */
interface Piece {
  readonly text: string;
  readonly any: readonly number[];
}

/** A run of a pattern: in a literal one `*` and `?` stand for themselves. */
export interface PatternPart {
  readonly text: string;
  readonly literal: boolean;
}

/** Compiles `a*b?c`. */
export function glob(pattern: string): Glob {
  return globOf([{ text: pattern, literal: false }]);
}

/** Compiles a pattern with literal runs, such as inserted values of policy variables. */
export function globOf(parts: readonly PatternPart[]): Glob {
  const pieces: Piece[] = [];
  let piece = EMPTY;
  for (const { text, literal } of parts) {
    // sliced, since a text built character by character stays a chain of characters in memory
    const runs = literal ? [text] : text.split('*');
    piece = longer(piece, runs[0] as string, literal);
    for (let i = 1; i < runs.length; i++) {
      pieces.push(piece);
      piece = longer(EMPTY, runs[i] as string, literal);
    }
  }
  if (pieces.length === 0 && piece.any.length === 0) return { pieces: NO_PIECES, literal: piece.text };
  pieces.push(piece);
  // copied, since a list that grew has spare capacity
  return { pieces: [...pieces], literal: null };
}

const EMPTY: Piece = { text: '', any: [] };
const NO_PIECES: readonly Piece[] = [];

/** The piece with a run appended. */
function longer({ text, any }: Piece, run: string, literal: boolean): Piece {
  const all = literal || !run.includes('?') ? any : [...any, ...questionMarks(run, text.length)];
  return { text: text + run, any: all };
}

function questionMarks(run: string, offset: number): readonly number[] {
  const found: number[] = [];
  for (let at = run.indexOf('?'); at >= 0; at = run.indexOf('?', at + 1)) found.push(offset + at);
  return found;
}

/** True if the whole text matches. Case-sensitive; lower-case both sides for the other kind. */
export function matches(pattern: Glob, text: string): boolean {
  if (pattern.literal !== null) return pattern.literal === text;
  const { pieces } = pattern;
  const first = pieces[0] as Piece;
  if (pieces.length === 1) return text.length === first.text.length && pieceAt(first, text, 0);
  const last = pieces[pieces.length - 1] as Piece;
  let from = first.text.length;
  const end = text.length - last.text.length;
  if (from > end || !pieceAt(first, text, 0) || !pieceAt(last, text, end)) return false;
  for (let i = 1; i < pieces.length - 1; i++) {
    const piece = pieces[i] as Piece;
    const at = findPiece(piece, text, from, end);
    if (at < 0) return false;
    from = at + piece.text.length;
  }
  return true;
}

/** A pattern up to its last `:` or `/`, and a star for the rest. */
interface Head {
  readonly pattern: Glob;
  /** nothing but a star follows */
  readonly isAll: boolean;
}

/**
 * What a text must match up to its own last `:` or `/`; if only a star follows, that is enough. Null: the
 * pattern does not limit it, or has no wildcard.
 */
export function headOf({ pieces, literal }: Glob): Head | null {
  const at = pieces.findLastIndex(({ text }) => /[:/]/.test(text));
  const piece = pieces[at];
  if (literal === null && pieces.every(({ text }) => text === ''))
    return { pattern: { pieces, literal }, isAll: true };
  if (literal !== null || !piece) return null;
  const length = Math.max(piece.text.lastIndexOf(':'), piece.text.lastIndexOf('/')) + 1;
  const cut = { text: piece.text.slice(0, length), any: piece.any.filter((offset) => offset < length) };
  const isAll = length === piece.text.length && at === pieces.length - 2 && pieces[at + 1]?.text === '';
  return { pattern: { pieces: [...pieces.slice(0, at), cut, EMPTY], literal: null }, isAll };
}

/** The caller ensures that the text is long enough. */
function pieceAt(piece: Piece, text: string, at: number): boolean {
  if (piece.any.length === 0) return text.startsWith(piece.text, at);
  let next = 0;
  for (let i = 0; i < piece.text.length; i++) {
    if (piece.any[next] === i) next++;
    else if (piece.text.charCodeAt(i) !== text.charCodeAt(at + i)) return false;
  }
  return true;
}

/** The first offset from `from` where the piece ends at or before `end`, or -1. */
function findPiece(piece: Piece, text: string, from: number, end: number): number {
  const { length } = piece.text;
  if (piece.any.length === 0) {
    const at = text.indexOf(piece.text, from);
    return at + length <= end ? at : -1;
  }
  if (length * (end - from) > WORTH_BITS && length <= LONGEST) return findByBits(piece, text, from, end);
  for (let at = from; at + length <= end; at++) {
    if (pieceAt(piece, text, at)) return at;
  }
  return -1;
}

/** Up to this number of comparisons, comparing at each offset is faster than preparing the bits. */
const WORTH_BITS = 10_000;
/** Characters, more than a policy may have: the bits of a longer piece could fill the memory. */
const LONGEST = 12_000;
const WORD = 32;

/**
 * The same for a long piece with `?`, where comparing at each offset takes the product of both lengths. Bit
 * `i` of the state says that the last `i + 1` characters are the start of the piece, and a step moves 32 of
 * them: the shift-and of Baeza-Yates and Gonnet, https://doi.org/10.1145/135239.135243.
 */
function findByBits(piece: Piece, text: string, from: number, end: number): number {
  const { length } = piece.text;
  const words = Math.ceil(length / WORD);
  const fits = bitsByCharacter(piece, words);
  const others = fits.get(null) as Uint32Array;
  const state = new Uint32Array(words);
  const whole = 2 ** ((length - 1) % WORD);
  for (let at = from; at < end; at++) {
    const bits = fits.get(text.charCodeAt(at)) ?? others;
    let carry = 1;
    for (let i = 0; i < words; i++) {
      const before = state[i] as number;
      state[i] = ((before << 1) | carry) & (bits[i] as number);
      carry = before >>> (WORD - 1);
    }
    if (((state[words - 1] as number) & whole) !== 0) return at + 1 - length;
  }
  return -1;
}

/**
 * The offsets of the piece that each character matches; under `null` those for characters that the piece does
 * not contain.
 */
function bitsByCharacter(piece: Piece, words: number): ReadonlyMap<number | null, Uint32Array> {
  const others = new Uint32Array(words);
  for (const at of piece.any) setBit(others, at);
  const fits = new Map<number | null, Uint32Array>([[null, others]]);
  for (let at = 0; at < piece.text.length; at++) {
    const character = piece.text.charCodeAt(at);
    const bits = fits.get(character) ?? others.slice();
    setBit(bits, at);
    fits.set(character, bits);
  }
  return fits;
}

function setBit(bits: Uint32Array, at: number): void {
  const word = Math.floor(at / WORD);
  bits[word] = (bits[word] as number) | (1 << (at % WORD));
}
