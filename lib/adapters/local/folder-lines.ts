import { open } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { LINE_BEGIN, type LineReader } from '../../ports/line-reader.ts';
import { cannotRead, isCompressed } from '../../ports/stored-text.ts';
import { fileOf, isMissing } from './folder-file.ts';

const LINE_END = 0x0a;
/** Bytes per read. */
const PIECE = 1 << 20;

/** Lines of the objects in a folder, see folderStore. Keeps only the wanted lines in memory. */
export function folderLines(dir: string): LineReader {
  return async (key, isWanted) => {
    const file = await open(fileOf(dir, key)).catch(nullIfMissing);
    if (file === null) return null;
    const kept = file.createReadStream({ highWaterMark: PIECE });
    return wantedLines(isCompressed(key) ? textOf(key, kept) : kept, isWanted);
  };
}

function nullIfMissing(error: unknown): null {
  if (isMissing(error)) return null;
  throw error;
}

async function* textOf(key: string, kept: Readable): AsyncGenerator<Buffer> {
  try {
    yield* pipeline(kept, createGunzip({ chunkSize: PIECE }), () => {});
  } catch (error) {
    throw cannotRead(key, error);
  }
}

async function wantedLines(
  pieces: AsyncIterable<Buffer>,
  isWanted: (begin: string) => boolean,
): Promise<string> {
  const kept: string[] = [];
  /** the start of a line that has not ended yet */
  let open: Buffer[] = [];
  for await (const piece of pieces) {
    const end = piece.lastIndexOf(LINE_END) + 1;
    if (end > 0) {
      keepLines(
        open.length === 0 ? piece.subarray(0, end) : Buffer.concat([...open, piece.subarray(0, end)]),
        isWanted,
        kept,
      );
      open = [];
    }
    if (end < piece.length) open.push(piece.subarray(end));
  }
  keepLines(Buffer.concat(open), isWanted, kept);
  return kept.join('');
}

function keepLines(lines: Buffer, isWanted: (begin: string) => boolean, kept: string[]): void {
  /** start of the current run of wanted lines; -1: the previous line is not wanted */
  let from = -1;
  for (let start = 0; start < lines.length; ) {
    const at = lines.indexOf(LINE_END, start);
    const end = at < 0 ? lines.length : at;
    const isKept = isWanted(lines.toString('utf8', start, Math.min(end, start + LINE_BEGIN)));
    if (isKept && from < 0) from = start;
    if (!isKept && from >= 0) {
      kept.push(lines.toString('utf8', from, start));
      from = -1;
    }
    start = end + 1;
  }
  if (from >= 0) kept.push(lines.toString('utf8', from));
}
