import { once } from '../memory/once.ts';
import { parseJson } from '../policy/json.ts';
import { quoted } from '../policy/quoted.ts';
import { linesOfJson } from './json-lines.ts';
import { type ReadYaml, readTemplateYaml } from './template-yaml.ts';

/** What bytes of UTF-16, or of no text, are as UTF-8. */
const UTF16 = /^\uFFFD|^[^\n]{0,3}\0/;

/** The contents of a file of planned changes of any kind: JSON, or a template in YAML. */
export function readPlannedFile(written: string): ReadYaml {
  // a shell of Windows writes one
  const text = written.replace(/^\uFEFF/, '');
  if (UTF16.test(text)) return { problem: 'it is UTF-16, or no text: write it as UTF-8' };
  if (!/^\s*[[{]/.test(text)) return readTemplateYaml(text);
  const parsed = parseJson(text);
  if (!parsed.ok) return { problem: `it is not JSON: ${parsed.problem.message}` };
  const [twice] = parsed.duplicateKeys;
  if (twice !== undefined) return { problem: `it has ${quoted(twice)} twice: keep one` };
  // rarely needed
  const lines = once(() => linesOfJson(text, parsed.value));
  return { value: parsed.value, lineOf: (written) => lines().get(written) };
}
