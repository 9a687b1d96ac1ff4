import type { Snapshot } from '../../snapshot/snapshot.ts';

/** The items of a list in an AWS answer that was stored unchanged; null: it was not collected. */
export function keptItems(
  { kept }: Snapshot,
  call: string,
  region: string,
  list: string,
): readonly object[] | null {
  const answer = kept?.find((one) => one.call === call && one.region === region);
  const items = answer && memberOf(answer.data, list);
  return Array.isArray(items) ? items.filter((item) => typeof item === 'object' && item !== null) : null;
}

export function fieldOf(item: object, name: string): string | null {
  const value = memberOf(item, name);
  return typeof value === 'string' ? value : null;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
