const TOKEN =
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/uy;

/** What may come next, by what came before. */
type Next = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end';

/**
 * The place at which a text stops being JSON, as `line 3 column 7`: JSON.parse does not say it. Only for a
 * text that JSON.parse rejects; for a cut text this is its end.
 */
export function placeInJson(text: string): string {
  const before = text.slice(0, stopOf(text)).split('\n');
  return `line ${before.length} column ${(before.at(-1) ?? '').length + 1}`;
}

function stopOf(text: string): number {
  const open: string[] = [];
  let next: Next = 'value';
  let at = 0;
  for (;;) {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    const start = at + (/^[ \t\r\n]*/.exec(text.slice(at, at + 10_000))?.[0].length ?? 0);
    const after: Next | null = found ? step(open, next, found) : null;
    if (!found || after === null) return start;
    next = after;
    at = TOKEN.lastIndex;
  }
}

/** `s`: a string, `l`: a number, true, false or null. */
const MAY_COME: Readonly<Record<Next, string>> = {
  value: 'sl{[',
  'value or ]': 'sl{[]',
  key: 's',
  'key or }': 's}',
  ':': ':',
  ', or end': ',}]',
};

/** What may follow this token; null: it is not allowed here. */
function step(open: string[], next: Next, token: RegExpExecArray): Next | null {
  const kind = kindOf(token);
  if (!MAY_COME[next].includes(kind)) return null;
  if (kind === 's') return next.startsWith('key') ? ':' : ', or end';
  if (kind === ',') return AFTER_COMMA[open.at(-1) ?? ''] ?? null;
  if (kind === ':') return 'value';
  const opened = AFTER_OPENING[kind];
  if (opened) {
    open.push(kind);
    return opened;
  }
  const closes = CLOSES[kind];
  return closes && open.pop() !== closes ? null : ', or end';
}

function kindOf([, mark, string]: RegExpExecArray): string {
  return mark ?? (string === undefined ? 'l' : 's');
}

const AFTER_COMMA: Readonly<Record<string, Next>> = { '{': 'key', '[': 'value' };
const AFTER_OPENING: Readonly<Record<string, Next>> = { '{': 'key or }', '[': 'value or ]' };
const CLOSES: Readonly<Record<string, string>> = { '}': '{', ']': '[' };
