/**
 * Splits text that arrives in pieces into lines. Blank lines and a byte order mark at the start are left out.
 * Only the current incomplete line is kept, and if it is longer than `longest` characters only its beginning
 * (at least one character more than that): memory does not grow with the input.
 */
export async function* linesOf(
  pieces: AsyncIterable<string>,
  longest: number,
): AsyncGenerator<readonly string[]> {
  let open: string[] = [];
  let length = 0;
  let first = true;
  for await (const piece of pieces) {
    const text = first ? piece.replace(/^\ufeff/, '') : piece;
    first = false;
    const parts = text.split('\n');
    const last = parts.pop() ?? '';
    if (parts.length > 0) {
      parts[0] = open.join('') + parts[0];
      open = [];
      length = 0;
      yield parts.filter(holdsText);
    }
    if (length <= longest) open.push(last);
    length += last.length;
  }
  const rest = open.join('');
  if (holdsText(rest)) yield [rest];
}

const holdsText = (line: string): boolean => /\S/.test(line);
