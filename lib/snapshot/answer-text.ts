import { parseJson } from '../policy/json.ts';
import { placeInJson } from './json-place.ts';
import { otherOutput } from './other-output.ts';

/**
 * Above this number of characters, text without policies is only parsed, and not searched for duplicate keys.
 */
const SEARCHED = 16_000_000;

export type AnswerText =
  | { readonly ok: true; readonly value: unknown; readonly duplicateKeys: readonly string[] }
  | { readonly ok: false; readonly message: string };

/**
 * The value of one AWS answer, with the paths of its duplicate keys. Never throws: `message` says what is
 * wrong with the text, in lower case and without a full stop.
 */
export function readAnswerText(text: string, holdsPolicies: boolean): AnswerText {
  if (text.trim() === '')
    return { ok: false, message: 'is empty: the command that should have written it failed' };
  if (text.length > SEARCHED && !holdsPolicies) return parsedOnly(text);
  const parsed = parseJson(text);
  if (parsed.ok) return parsed;
  const other = otherOutput(text);
  const { message } = parsed.problem;
  if (other !== null) return { ok: false, message: `is not valid JSON: ${other} (${placeInJson(text)})` };
  return { ok: false, message: `is ${message}${placeIn(text, message)}` };
}

/** JSON.parse does not always say where. */
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
