import { asciiSubject, asciiText } from './escape.ts';

/** SNS wants fewer than 100 characters. */
const LONGEST = 99;

/** Characters that are left of a name, so that it can still be recognised. */
const SHORTEST_NAME = 9;

/** The rank and the account, which mail rules and people search for, and what is counted. */
const KEPT = /^(?:\[[A-Z]+\]|\d{12}:?|\(?(?:condition|instances|principals|production)\)?:?)$/;

/**
 * The subject of a message. A long one loses letters in the middle of its longest names, never a word that
 * says what happened. The first of `details` that fits is added, with its names cut if needed.
 */
export function mailSubject(what: string, details: readonly string[] = []): string {
  const head = asciiSubject(shrunk(asciiText(what), LONGEST));
  for (const detail of details) {
    const room = LONGEST - head.length - 2;
    const text = shrunk(asciiText(detail), room);
    if (text !== '' && text.length <= room) return `${head}: ${text}`;
  }
  return head;
}

/** The text with its longest words cut in the middle until it fits, if possible. */
function shrunk(text: string, room: number): string {
  const words = text.split(' ');
  for (;;) {
    const over = words.join(' ').length - room;
    const lengths = words.map((word) => (KEPT.test(word) ? 0 : word.length));
    const longest = lengths.indexOf(Math.max(...lengths));
    const word = words[longest] ?? '';
    if (over <= 0 || (lengths[longest] ?? 0) <= SHORTEST_NAME) return words.join(' ');
    words[longest] = cutInside(word, Math.max(SHORTEST_NAME, Math.min(word.length - 1, word.length - over)));
  }
}

function cutInside(word: string, length: number): string {
  const kept = length - 2;
  const front = Math.ceil(kept / 2);
  return `${word.slice(0, front)}..${word.slice(word.length - (kept - front))}`;
}
