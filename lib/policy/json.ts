import type { Problem } from './problem.ts';

/** Deeper JSON than this is refused: no policy needs it, and every later walk may then recurse safely. */
const MAX_DEPTH = 200;

export type ParsedJson =
  | { readonly ok: true; readonly value: unknown; readonly duplicateKeys: readonly string[] }
  | { readonly ok: false; readonly problem: Problem };

/**
 * JSON text to its value, with the paths (`$.Statement[0].Condition`) of keys that an object holds twice: JSON.parse
 * keeps the last one silently, and IAM refuses such a policy
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html). Never throws.
 */
export function parseJson(text: string): ParsedJson {
  // JSON.parse takes 80 bytes of memory for each bracket that stays open
  if (isTooDeep(text))
    return { ok: false, problem: { path: '$', message: `nested deeper than ${MAX_DEPTH} levels` } };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // JSON.parse throws nothing but a SyntaxError
    return {
      ok: false,
      problem: { path: '$', message: `not valid JSON: ${(error as SyntaxError).message}` },
    };
  }
  return { ok: true, value, duplicateKeys: [...scanKeys(text)] };
}

/** Is a bracket outside of strings in more than the allowed number of others? Of text that is not JSON, too. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let i = 0; i < text.length && depth <= MAX_DEPTH; i++) {
    const char = text[i];
    if (char === '"') i = endOfString(text, i);
    else if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') depth--;
  }
  return depth > MAX_DEPTH;
}

interface Frame {
  /** null for an array */
  readonly keys: Set<string> | null;
  /** the key or index that is being read */
  at: string | number;
}

/** What the pass over the text has seen so far. */
interface Scan {
  readonly frames: Frame[];
  readonly duplicates: Set<string>;
  /** the next string is a key */
  keyNext: boolean;
}

/** One pass over text that is known to be JSON: only strings, commas and brackets matter. */
function scanKeys(text: string): ReadonlySet<string> {
  const scan: Scan = { frames: [], duplicates: new Set(), keyNext: false };
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '"') {
      const end = endOfString(text, i);
      const frame = scan.frames[scan.frames.length - 1];
      if (scan.keyNext && frame) readKey(JSON.parse(text.slice(i, end + 1)), frame, scan);
      scan.keyNext = false;
      i = end;
    } else {
      readMark(text[i] as string, scan);
    }
  }
  return scan.duplicates;
}

function readMark(char: string, scan: Scan): void {
  if (char === '{' || char === '[') {
    scan.keyNext = char === '{';
    scan.frames.push({ keys: scan.keyNext ? new Set() : null, at: scan.keyNext ? '' : 0 });
  } else if (char === '}' || char === ']') {
    scan.frames.pop();
    scan.keyNext = false;
  } else if (char === ',') {
    const frame = scan.frames[scan.frames.length - 1];
    scan.keyNext = frame?.keys != null;
    if (typeof frame?.at === 'number') frame.at++;
  }
}

function readKey(key: string, frame: Frame, { frames, duplicates }: Scan): void {
  frame.at = key;
  if (frame.keys?.has(key)) duplicates.add(pathOf(frames));
  frame.keys?.add(key);
}

/** A path is cut after about this many characters: each of many duplicates may stand under the same long keys. */
const MAX_PATH = 1000;

function pathOf(frames: readonly Frame[]): string {
  let path = '$';
  for (const { at } of frames) {
    path += typeof at === 'number' ? `[${at}]` : `.${at}`;
    if (path.length > MAX_PATH) return `${path.slice(0, MAX_PATH)}…`;
  }
  return path;
}

/** Where the string ends that begins there; the end of the text when it does not. */
function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i;
}
