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
  const scan = scanKeys(text);
  if (scan.depth > MAX_DEPTH) {
    return { ok: false, problem: { path: '$', message: `nested deeper than ${MAX_DEPTH} levels` } };
  }
  return { ok: true, value, duplicateKeys: scan.duplicates };
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
  readonly duplicates: string[];
  depth: number;
  /** the next string is a key */
  keyNext: boolean;
}

/** One pass over text that is known to be JSON: only strings, commas and brackets matter. */
function scanKeys(text: string): Scan {
  const scan: Scan = { frames: [], duplicates: [], depth: 0, keyNext: false };
  for (let i = 0; i < text.length && scan.depth <= MAX_DEPTH; i++) {
    if (text[i] === '"') {
      const end = endOfString(text, i);
      const frame = scan.frames[scan.frames.length - 1];
      if (scan.keyNext && frame)
        readKey(JSON.parse(text.slice(i, end + 1)), frame, scan.frames, scan.duplicates);
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
    scan.frames.push({ keys: scan.keyNext ? new Set() : null, at: scan.keyNext ? '' : 0 });
    scan.depth = Math.max(scan.depth, scan.frames.length);
  } else if (char === '}' || char === ']') {
    scan.frames.pop();
    scan.keyNext = false;
  } else if (char === ',') {
    const frame = scan.frames[scan.frames.length - 1];
    scan.keyNext = frame?.keys != null;
    if (typeof frame?.at === 'number') frame.at++;
  }
}

function readKey(key: string, frame: Frame, frames: readonly Frame[], duplicates: string[]): void {
  frame.at = key;
  if (frame.keys?.has(key)) {
    duplicates.push(`$${frames.map((f) => (typeof f.at === 'number' ? `[${f.at}]` : `.${f.at}`)).join('')}`);
  }
  frame.keys?.add(key);
}

function endOfString(text: string, start: number): number {
  for (let i = start + 1; ; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) return i;
    if (code === 0x5c) i++;
  }
}
