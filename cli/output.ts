import { once } from 'node:events';
import { jsonText } from '../lib/snapshot/json-text.ts';

/** Writes to standard output and waits while its reader is behind, so that memory stays constant however much comes. */
export async function writeOut(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

/** A reader that has seen enough (`| head`) ends the command quietly; with any other failure to write, it fails. */
export function endWhenReaderLeaves(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    if (stream !== process.stderr)
      process.stderr.write(`latchkey: the answer is not complete: cannot write it (${error.message})\n`);
    process.exit(2);
  });
}

/** Characters that are written at once: a call of the system for every line would take longer than what is in it. */
const AT_ONCE = 1 << 16;

/** A JSON array, one element a line, written as its elements come. */
export async function writeJsonArray(values: Iterable<unknown>): Promise<void> {
  let text = '[';
  let isEmpty = true;
  for (const value of values) {
    text += `${isEmpty ? '' : ','}\n${jsonText(value)}`;
    isEmpty = false;
    if (text.length < AT_ONCE) continue;
    await writeOut(text);
    text = '';
  }
  await writeOut(isEmpty ? '[]\n' : `${text}\n]\n`);
}

/** One JSON object a line, written as they come. */
export async function writeJsonLines(values: Iterable<unknown>): Promise<void> {
  let text = '';
  for (const value of values) {
    text += `${JSON.stringify(value)}\n`;
    if (text.length < AT_ONCE) continue;
    await writeOut(text);
    text = '';
  }
  await writeOut(text);
}

/** Columns of the terminal; when piped, wide enough that nothing is broken into two lines without need. */
export const outputWidth = (): number => (process.stdout.isTTY ? (process.stdout.columns ?? 100) : 240);
