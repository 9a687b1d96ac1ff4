/**
 * SDK answers in the shape that `aws SERVICE OPERATION --output json` prints: dates as ISO 8601 with an offset, binary
 * as base64, no metadata, pages merged and their markers gone.
 */
const MARKERS = new Set(['$metadata', 'NextToken', 'nextToken', 'Marker', 'NextMarker', 'IsTruncated']);

/**
 * Pages of one operation merged as the CLI merges them: lists are joined, anything else is the first page's. `always`
 * names the lists that are there even when no page has them.
 */
export function mergePages(
  pages: readonly object[],
  always: readonly string[] = [],
): Record<string, unknown> {
  const lists = new Map<string, unknown[]>(always.map((key) => [key, []]));
  const merged = new Map<string, unknown>();
  for (const [key, value] of pages.flatMap((page) => Object.entries(page))) {
    if (MARKERS.has(key) || value === undefined) continue;
    if (!Array.isArray(value)) {
      if (!merged.has(key)) merged.set(key, cliValue(value));
      continue;
    }
    const list = lists.get(key) ?? [];
    for (const item of value) list.push(cliValue(item));
    lists.set(key, list);
  }
  return Object.fromEntries([...merged, ...lists]);
}

function cliValue(value: unknown): unknown {
  if (value instanceof Date) return cliDate(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(cliValue);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => [key, cliValue(inner)]),
  );
}

/** `2026-08-23T10:15:00+00:00`, with microseconds where there are any, as the CLI's default `iso8601` prints it. */
function cliDate(date: Date): string {
  const [seconds = '', fraction = ''] = date.toISOString().slice(0, -1).split('.');
  return fraction === '000' ? `${seconds}+00:00` : `${seconds}.${fraction}000+00:00`;
}
