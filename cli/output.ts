import { once } from 'node:events';
import { jsonText } from '../lib/snapshot/json-text.ts';

/** Writes to standard output with back-pressure, so that memory stays constant. */
export async function writeOut(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

/** A reader that closes early (`| head`) ends the command quietly; any other write error fails it. */
export function endWhenReaderLeaves(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    if (stream !== process.stderr)
      process.stderr.write(`latchkey: the answer is not complete: cannot write it (${error.message})\n`);
    process.exit(2);
  });
}

/** Characters per write: a system call for every line would be slow. */
const AT_ONCE = 1 << 16;

/** A JSON array, one element per line, written as a stream. */
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

/** Texts one after another, written as a stream. */
export async function writeTexts(texts: Iterable<string>): Promise<void> {
  let waiting = '';
  for (const text of texts) {
    waiting += text;
    if (waiting.length < AT_ONCE) continue;
    await writeOut(waiting);
    waiting = '';
  }
  await writeOut(waiting);
}

/** One JSON object per line, written as a stream. */
export const writeJsonLines = (values: Iterable<unknown>): Promise<void> => writeTexts(jsonLines(values));

function* jsonLines(values: Iterable<unknown>): Generator<string> {
  for (const value of values) yield `${JSON.stringify(value)}\n`;
}

const PIPED_WIDTH = 240;

/** Columns of the terminal, or `COLUMNS`; when piped, wide enough that most lines are not broken. */
export function outputWidth(): number {
  const { columns } = process.stdout;
  if (process.stdout.isTTY && columns > 0) return columns;
  const said = Number(process.env.COLUMNS);
  if (Number.isInteger(said) && said >= 20) return said;
  return process.stdout.isTTY ? 80 : PIPED_WIDTH;
}
