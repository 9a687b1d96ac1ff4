import { type FileHandle, open } from 'node:fs/promises';
import { LINE_BEGIN, type LineReader } from '../../ports/line-reader.ts';
import { fileOf, isMissing } from './folder-file.ts';

const LINE_END = 0x0a;
/** Bytes read at once: one buffer, used again, as most of a large file is not kept. */
const PIECE = 1 << 20;

/** Lines of the objects in a folder, see folderStore. Holds what is wanted in memory, not the file. */
export function folderLines(dir: string): LineReader {
  return async (key, isWanted) => {
    let file: FileHandle;
    try {
      file = await open(fileOf(dir, key));
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
    try {
      return await wantedLines(file, isWanted);
    } finally {
      await file.close();
    }
  };
}

async function wantedLines(file: FileHandle, isWanted: (begin: string) => boolean): Promise<string> {
  const kept: string[] = [];
  let buffer = Buffer.allocUnsafe(PIECE);
  /** bytes of a line that has not ended yet, at the beginning of the buffer */
  let open = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, open, buffer.length - open);
    const filled = buffer.subarray(0, open + bytesRead);
    const end = bytesRead === 0 ? filled.length : filled.lastIndexOf(LINE_END) + 1;
    keepLines(filled.subarray(0, end), isWanted, kept);
    if (bytesRead === 0) return kept.join('');
    const rest = filled.subarray(end);
    if (rest.length === buffer.length) buffer = Buffer.concat([buffer], 2 * buffer.length);
    else rest.copy(buffer);
    open = rest.length;
  }
}

function keepLines(lines: Buffer, isWanted: (begin: string) => boolean, kept: string[]): void {
  /** where the wanted lines begin that are next to each other; -1: the line before is not wanted */
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
