/** A piece of a command or document. */
interface Piece {
  readonly text: string;
  /** an option, an id or an ARN: a browser may break it after any hyphen, so it must be kept whole */
  readonly isWhole: boolean;
  /** a line may end after it */
  readonly mayEnd: boolean;
}

/** A longer word may be broken after its commas: in a command a policy is one word. */
const LONG = 60;
const WORDS = new RegExp(`(\\S{${LONG},}|\\S*-\\S+)`);

/** The pieces of a command or document, in order: together they are the text. */
export function breakable(text: string): readonly Piece[] {
  return text.split(WORDS).flatMap((part, index) => (index % 2 === 1 ? piecesOf(part) : plain(part)));
}

const plain = (text: string): readonly Piece[] =>
  text === '' ? [] : [{ text, isWhole: false, mayEnd: false }];

function piecesOf(word: string): readonly Piece[] {
  const parts = word.length < LONG ? [word] : word.split(/(?<=[,{[])(?![{["])|(?<=,)(?=")/);
  return parts.map((text, at) => ({ text, isWhole: text.includes('-'), mayEnd: at < parts.length - 1 }));
}
