import { parseJson } from '../policy/json.ts';
import { placeInJson } from './json-place.ts';

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
  return parsed.ok
    ? parsed
    : { ok: false, message: `is ${parsed.problem.message}${placeIn(text, parsed.problem.message)}` };
}

/** JSON.parse says where only now and then. */
function placeIn(text: string, message: string): string {
  const isKnown = /\bline \d+ column \d+/.test(message) || !message.startsWith('not valid JSON');
  return isKnown ? '' : ` (${placeInJson(text)})`;
}

function parsedOnly(text: string): AnswerText {
  try {
    return { ok: true, value: JSON.parse(text), duplicateKeys: [] };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return {
      ok: false,
      message: `is not valid JSON: ${message}${placeIn(text, `not valid JSON: ${message}`)}`,
    };
  }
}
