/**
 * A pattern with `*` (any run of characters) and `?` (exactly one), compiled once.
 * Matching never backtracks over a `*`: the pieces between two stars are looked for one after the other, so no pattern
 * can make it slow (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html).
 */
export interface Glob {
  /** the runs between the stars; one piece means that there is no star */
  readonly pieces: readonly Piece[];
  /** set when the pattern is plain text */
  readonly literal: string | null;
}

/** Text, and at which of its offsets any character will do. */
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

/** Compiles a pattern of which some runs are literal, such as the values put in for policy variables. */
export function globOf(parts: readonly PatternPart[]): Glob {
  const pieces: Piece[] = [];
  let text = '';
  let any: number[] = [];
  for (const part of parts) {
    if (part.literal) {
      text += part.text;
      continue;
    }
    for (const char of part.text) {
      if (char === '*') {
        pieces.push({ text, any });
        text = '';
        any = [];
      } else {
        if (char === '?') any.push(text.length);
        text += char;
      }
    }
  }
  pieces.push({ text, any });
  const literal = pieces.length === 1 && any.length === 0 ? text : null;
  return { pieces, literal };
}

/** Does the whole text match? Case-sensitive; lower-case both sides for the other kind. */
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

function pieceAt(piece: Piece, text: string, at: number): boolean {
  if (piece.any.length === 0) return text.startsWith(piece.text, at);
  if (at + piece.text.length > text.length) return false;
  let next = 0;
  for (let i = 0; i < piece.text.length; i++) {
    if (piece.any[next] === i) next++;
    else if (piece.text.charCodeAt(i) !== text.charCodeAt(at + i)) return false;
  }
  return true;
}

/** The first offset from `from` where the piece ends at or before `end`, or -1. */
function findPiece(piece: Piece, text: string, from: number, end: number): number {
  if (piece.any.length === 0) {
    const at = text.indexOf(piece.text, from);
    return at + piece.text.length <= end ? at : -1;
  }
  for (let at = from; at + piece.text.length <= end; at++) {
    if (pieceAt(piece, text, at)) return at;
  }
  return -1;
}
