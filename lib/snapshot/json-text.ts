/**
 * Characters that JSON does not escape but that a terminal obeys, or a reader does not see: C1 controls, line
 * separators, bidirectional marks and all other invisible ones, except those that join or colour an emoji.
 */
const UNSEEN = /[[\u007f-\u009f\p{Zl}\p{Zp}\p{DI}\p{Bidi_Control}\ufff9-\ufffb]--[\u200d\ufe0f]]/gv;

/** Nothing to escape: most texts are plain, and this test is faster than character classes. */
const PLAIN = /^[\n -~]*$/;

/** JSON that is safe to print: the same value, with every invisible character as `\u202e`. */
export function jsonText(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, null, indent);
  return PLAIN.test(text) ? text : text.replace(UNSEEN, escaped);
}

function escaped(character: string): string {
  let text = '';
  for (let unit = 0; unit < character.length; unit += 1) {
    text += `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`;
  }
  return text;
}
