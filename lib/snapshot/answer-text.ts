import { parseJson } from '../policy/json.ts';

/** Above this many characters, text without policies in it is only parsed, and not searched for repeated keys. */
const SEARCHED = 16_000_000;

export type AnswerText =
  | { readonly ok: true; readonly value: unknown; readonly duplicateKeys: readonly string[] }
  | { readonly ok: false; readonly message: string };

/**
 * The text of one AWS answer to its value, with the paths of the keys that it holds twice. Never throws: `message` says
 * what is wrong with the text, in lower case and without a full stop.
 */
export function readAnswerText(text: string, holdsPolicies: boolean): AnswerText {
  if (text.trim() === '')
    return { ok: false, message: 'is empty: the command that should have written it failed' };
  if (text.length > SEARCHED && !holdsPolicies) return parsedOnly(text);
  const parsed = parseJson(text);
  return parsed.ok ? parsed : { ok: false, message: `is ${parsed.problem.message}` };
}

function parsedOnly(text: string): AnswerText {
  try {
    return { ok: true, value: JSON.parse(text), duplicateKeys: [] };
  } catch (error) {
    return {
      ok: false,
      message: `is not valid JSON: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}
