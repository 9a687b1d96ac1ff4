/**
 * Text that comes in pieces, as the lines that each piece completes; blank ones are left out, and so is a byte order
 * mark at the start. Only the line that is still open is kept, and of one that is longer than `longest` characters only
 * the beginning, one character longer at least: memory does not grow with the input.
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
