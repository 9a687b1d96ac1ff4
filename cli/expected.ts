import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { expectedFileName, expectedIn } from '../lib/pipeline/expected-file.ts';
import type { ExpectedFile, Origin } from '../lib/pipeline/run-record.ts';
import { InputError } from '../lib/ports/input-error.ts';
import { codeOf } from './folders.ts';
import { oneLine } from './messages.ts';

/** Where the file of an account may be; the first that exists counts. */
function placesOf(origin: Origin): readonly string[] {
  if (origin.kind === 'live') return [resolve(expectedFileName)];
  return [join(origin.path, expectedFileName), join(dirname(origin.path), expectedFileName)];
}

/** The file of `--config`, or the one beside the input. Throws an InputError if it has an error. */
export async function expectedOf(origin: Origin, config: string | undefined): Promise<ExpectedFile> {
  if (config !== undefined) {
    const file = await readExpectedFile(config);
    if (file.text === null)
      throw new InputError(`--config: there is no file \`${config}\`: name one, or leave \`--config\` out`);
    return sound(file);
  }
  const places = placesOf(origin);
  for (const place of places) {
    const file = await readExpectedFile(place);
    if (file.text !== null) return sound(file);
  }
  return { place: places[0] as string, text: null };
}

/** The file that a run used, as it is now. If that run had none, there may be one since. */
export async function expectedAgain(origin: Origin, taken: ExpectedFile | undefined): Promise<ExpectedFile> {
  if (taken === undefined || taken.text === null) return expectedOf(origin, undefined);
  return sound(await readExpectedFile(taken.place));
}

export async function readExpectedFile(path: string): Promise<ExpectedFile> {
  const place = resolve(path);
  try {
    return { place, text: await readFile(place, 'utf8') };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { place, text: null };
    throw new InputError(
      `cannot read \`${path}\` (${codeOf(error)}): check it, or name another with \`--config\``,
    );
  }
}

/**
 * On the command line the user corrects the file; in a deployment the correct parts apply and the error is a
 * finding.
 */
function sound(file: ExpectedFile): ExpectedFile {
  const [problem, ...more] = expectedIn(file, new Date().toISOString()).problems;
  if (problem === undefined) return file;
  const rest = more.length === 0 ? '' : ` (and ${more.length} more)`;
  throw new InputError(`\`${file.place}\`: ${oneLine(problem)}${rest}`);
}
