import { once } from '../memory/once.ts';
import { parseJson } from '../policy/json.ts';
import { quoted } from '../policy/quoted.ts';
import { linesOfJson } from './json-lines.ts';
import { type ReadYaml, readTemplateYaml } from './template-yaml.ts';

/** The contents of a file of planned changes of any kind: JSON, or a template in YAML. */
export function readPlannedFile(text: string): ReadYaml {
  if (!/^\s*[[{]/.test(text)) return readTemplateYaml(text);
  const parsed = parseJson(text);
  if (!parsed.ok) return { problem: `it is not JSON: ${parsed.problem.message}` };
  const [twice] = parsed.duplicateKeys;
  if (twice !== undefined) return { problem: `it has ${quoted(twice)} twice: keep one` };
  // rarely needed
  const lines = once(() => linesOfJson(text, parsed.value));
  return { value: parsed.value, lineOf: (written) => lines().get(written) };
}
