const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],]/gs;

interface Open {
  readonly value: object;
  /** where the next element or member of it belongs */
  key: string | number;
}

/**
 * The line of each list and object in a text of JSON, given its parsed value; objects must not have duplicate
 * keys.
 */
export function linesOfJson(text: string, root: unknown): WeakMap<object, number> {
  const lineOf = new WeakMap<object, number>();
  const open: Open[] = [];
  const lineAt = lineCounter(text);
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const inside = open.at(-1);
    if (OPENING.has(token)) {
      const value = (inside ? memberOf(inside) : root) as object;
      lineOf.set(value, lineAt(index));
      open.push({ value, key: FIRST[token] as Open['key'] });
    } else if (CLOSING.has(token)) open.pop();
    else if (inside) step(inside, token, isKey(text, index + token.length));
  }
  return lineOf;
}

const OPENING: ReadonlySet<string> = new Set('{[');
const FIRST: Readonly<Record<string, Open['key']>> = { '{': '', '[': 0 };
const CLOSING: ReadonlySet<string> = new Set('}]');

/** Positions must be given in ascending order. */
function lineCounter(text: string): (place: number) => number {
  let line = 1;
  let next = text.indexOf('\n');
  return (place) => {
    for (; next >= 0 && next < place; next = text.indexOf('\n', next + 1)) line++;
    return line;
  };
}

function step(inside: Open, token: string, isName: boolean): void {
  if (token === ',' && typeof inside.key === 'number') inside.key++;
  else if (isName && typeof inside.key === 'string') inside.key = JSON.parse(token);
}

const isKey = (text: string, after: number): boolean => {
  let at = after;
  while (at < text.length && /\s/.test(text[at] as string)) at++;
  return text[at] === ':';
};

const memberOf = ({ value, key }: Open): unknown =>
  (value as Readonly<Record<string | number, unknown>>)[key];
