import type { Problem } from './problem.ts';

/** Deeper JSON is rejected: no policy needs it, and later recursion is safe. */
const MAX_DEPTH = 200;

export type ParsedJson =
  | { readonly ok: true; readonly value: unknown; readonly duplicateKeys: readonly string[] }
  | { readonly ok: false; readonly problem: Problem };

/**
 * The value of JSON text, with the paths (`$.Statement[0].Condition`) of duplicate keys: JSON.parse keeps the
 * last one silently, and IAM refuses such a policy
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html). Never throws.
 */
export function parseJson(text: string): ParsedJson {
  // JSON.parse needs 80 bytes of memory for each open bracket
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
  return { ok: true, value, duplicateKeys: [...scanKeys(text).duplicates] };
}

/** A key that an object has several times: its path, and the start and end in the text of each occurrence. */
export interface RepeatedKey {
  readonly path: string;
  readonly places: readonly (readonly [number, number])[];
}

/** The duplicate keys, object by object. `text` is JSON that `parseJson` has read. */
export function repeatedKeys(text: string): readonly RepeatedKey[] {
  return [...scanKeys(text).repeated.values()].filter(({ places }) => places.length > 1);
}

/** True if brackets outside strings are nested too deeply. The text need not be JSON. */
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

/** An open bracket, and what is being read in it. */
interface Frame {
  /** null for an array */
  readonly keys: Map<string, [number, number]> | null;
  /** the number of the bracket */
  readonly object: number;
  key?: string;
  index: number;
}

/** The state of the scan. */
interface Scan {
  readonly frames: Frame[];
  readonly duplicates: Set<string>;
  /** by the object that it is in and its name */
  readonly repeated: Map<string, { readonly path: string; readonly places: [number, number][] }>;
  objects: number;
  /** the next string is a key */
  keyNext: boolean;
}

/** One pass over text that is known to be JSON: only strings, commas and brackets matter. */
function scanKeys(text: string): Scan {
  const scan: Scan = { frames: [], duplicates: new Set(), repeated: new Map(), objects: 0, keyNext: false };
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '"') {
      const end = endOfString(text, i);
      if (scan.keyNext) readKey(JSON.parse(text.slice(i, end + 1)), [i, end + 1], scan);
      scan.keyNext = false;
      i = end;
    } else {
      readMark(text[i] as string, scan);
    }
  }
  return scan;
}

function readMark(char: string, scan: Scan): void {
  if (char === '{' || char === '[') {
    scan.keyNext = char === '{';
    scan.frames.push({ keys: scan.keyNext ? new Map() : null, object: scan.objects++, index: 0 });
  } else if (char === '}' || char === ']') {
    scan.frames.pop();
  } else if (char === ',') {
    const frame = scan.frames[scan.frames.length - 1] as Frame;
    scan.keyNext = frame.keys !== null;
    frame.index++;
  }
}

function readKey(key: string, place: [number, number], { frames, duplicates, repeated }: Scan): void {
  const frame = frames[frames.length - 1] as Frame;
  const keys = frame.keys as Map<string, [number, number]>;
  const first = keys.get(key);
  frame.key = key;
  if (first === undefined) {
    keys.set(key, place);
    return;
  }
  const path = pathOf(frames);
  duplicates.add(path);
  const name = `${frame.object} ${key}`;
  const known = repeated.get(name) ?? { path, places: [first] };
  known.places.push(place);
  repeated.set(name, known);
}

/** A path is cut after about this many characters: many duplicates may share the same long keys. */
const MAX_PATH = 1000;

function pathOf(frames: readonly Frame[]): string {
  let path = '$';
  for (const { keys, key, index } of frames) {
    path += keys ? `.${key}` : `[${index}]`;
    if (path.length > MAX_PATH) return `${path.slice(0, MAX_PATH)}…`;
  }
  return path;
}

/** The end of the string that begins there; the end of the text if it is not closed. */
function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i;
}
