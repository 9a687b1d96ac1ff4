/**
 * SDK answers in the form of `aws SERVICE OPERATION --output json`: dates as ISO 8601 with an offset, binary as base64,
 * no metadata, pages merged without their markers.
 */
const MARKERS = new Set(['$metadata', 'NextToken', 'nextToken', 'Marker', 'NextMarker', 'IsTruncated']);

/**
 * Pages of one operation merged as the CLI merges them: lists are joined, everything else is from the first page.
 * `always` names the lists that the result has even if no page has them.
 */
export function mergePages(
  pages: readonly object[],
  texts: OwnTexts,
  always: readonly string[] = [],
): Record<string, unknown> {
  const lists = new Map<string, unknown[]>(always.map((key) => [key, []]));
  const merged = new Map<string, unknown>();
  for (const [key, value] of pages.flatMap((page) => Object.entries(page))) {
    if (MARKERS.has(key) || value === undefined) continue;
    if (!Array.isArray(value)) {
      if (!merged.has(key)) merged.set(key, cliValue(value, texts));
      continue;
    }
    const list = lists.get(key) ?? [];
    for (const item of value) list.push(cliValue(item, texts));
    lists.set(key, list);
  }
  return Object.fromEntries([...merged, ...lists]);
}

/** Number of distinct texts in the cache. */
const MOST_TEXTS = 50_000;
/** Longer texts rarely occur twice. */
const LONG = 256;

/**
 * Copies of texts, equal ones shared. A text that a parser cut out of a document keeps the whole document in memory,
 * and an account has the same tags on each of its instances and disks.
 */
export class OwnTexts {
  readonly #known = new Map<string, string>();

  of(text: string): string {
    if (text.length > LONG) return copyOf(text);
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const own = copyOf(text);
    if (this.#known.size >= MOST_TEXTS) this.#known.clear();
    this.#known.set(own, own);
    return own;
  }
}

const copyOf = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');

function cliValue(value: unknown, texts: OwnTexts): unknown {
  if (typeof value === 'string') return texts.of(value);
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Date) return cliDate(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map((item) => cliValue(item, texts));
  const members = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(members.map(([key, inner]) => [key, cliValue(inner, texts)]));
}

/** `2026-08-23T10:15:00+00:00`, with microseconds if there are any, as the CLI's default `iso8601` prints it. */
function cliDate(date: Date): string {
  const [seconds = '', fraction = ''] = date.toISOString().slice(0, -1).split('.');
  return fraction === '000' ? `${seconds}+00:00` : `${seconds}.${fraction}000+00:00`;
}
