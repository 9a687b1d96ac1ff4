import { describe, expect, it } from 'vitest';
import { linesOf } from '../../cli/lines.ts';

async function linesIn(...pieces: string[]): Promise<string[]> {
  const lines: string[] = [];
  async function* source() {
    yield* pieces;
  }
  for await (const some of linesOf(source(), 10)) lines.push(...some);
  return lines;
}

describe('linesOf', () => {
  it('joins lines that are split over chunks', async () => {
    expect(await linesIn('a', 'b\nc', '\nd\ne', 'f')).toEqual(['ab', 'c', 'd', 'ef']);
  });
  it('leaves out blank lines, also the last', async () => {
    expect(await linesIn('\n\na\n \t\r\n', 'b\r\n', '\n')).toEqual(['a', 'b\r']);
  });
  it('drops a byte order mark at the start only', async () => {
    expect(await linesIn('\ufeffa\n', '\ufeffb')).toEqual(['a', '\ufeffb']);
  });
  it('keeps only as much of a long line as shows that it is too long', async () => {
    const lines = await linesIn('1234567890', '1', '2', '3\n1234567890\n12345678901', '2');
    expect(lines).toEqual(['12345678901' + '3', '1234567890', '12345678901']);
    expect(await linesIn('1234567890', '1', '2')).toEqual(['12345678901']);
  });
  it('returns nothing for an empty input', async () => {
    expect(await linesIn()).toEqual([]);
    expect(await linesIn('')).toEqual([]);
  });
});
