/**
 * Text that comes in pieces, as the lines that each piece completes; blank ones are left out, and so is a byte order
 * mark at the start. Only the line that is still open is kept, so memory does not grow with the input.
 */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  let open: string[] = [];
  let first = true;
  for await (const piece of pieces) {
    const text = first ? piece.replace(/^\ufeff/, '') : piece;
    first = false;
    const parts = text.split('\n');
    const last = parts.pop() ?? '';
    if (parts.length > 0) {
      parts[0] = open.join('') + parts[0];
      open = [];
      yield parts.filter(holdsText);
    }
    open.push(last);
  }
  const rest = open.join('');
  if (holdsText(rest)) yield [rest];
}

const holdsText = (line: string): boolean => /\S/.test(line);
