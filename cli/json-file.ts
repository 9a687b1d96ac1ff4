import { readFile } from 'node:fs/promises';
import { parseJson } from '../lib/policy/json.ts';
import { InputError } from '../lib/ports/input-error.ts';
import { codeOf } from './folders.ts';

/** The value of the JSON file that an option names. Throws an InputError; `hint` says what to name. */
export async function readJsonFile(option: string, file: string, hint: string): Promise<unknown> {
  const source = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new InputError(`${option}: cannot read \`${file}\` (${codeOf(error)}): ${hint}`);
  });
  return jsonValue(option, file, source);
}

function jsonValue(option: string, file: string, source: string): unknown {
  const parsed = parseJson(source);
  if (parsed.ok) return parsed.value;
  throw new InputError(`${option}: \`${file}\` is not JSON: ${parsed.problem.message}`);
}
