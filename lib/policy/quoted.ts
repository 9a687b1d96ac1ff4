const LONGEST = 200;

/** Control, format and direction characters, line separators, halves of surrogate pairs. */
const UNSAFE = /[\p{Cc}\p{Cf}\u2028\u2029\ud800-\udfff]/gu;

/**
 * A name or value out of the account, safe inside one line of plain text: control and direction characters,
 * which could forge lines or hide text, become visible escapes, and its length is limited. Each output format
 * escapes it once more.
 */
export function quoted(text: string): string {
  return `\`${plain(text)}\``;
}

/** The same without backticks around it. */
export function plain(text: string, longest = LONGEST): string {
  const shown = text.replace(UNSAFE, escapeOne).replaceAll('`', "'");
  const characters = [...shown];
  return characters.length > longest ? `${characters.slice(0, longest).join('')}...` : shown;
}

/** JSON on one line, with the same characters as JSON's own escapes, so that it can be pasted. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, (char) =>
    Array.from(
      { length: char.length },
      (_, i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

function escapeOne(char: string): string {
  // joins the parts of an emoji: harmless, and part of the name that people know
  if (char === '\u200d') return char;
  return `\\u{${(char.codePointAt(0) as number).toString(16)}}`;
}
