import { type Fields, isObject } from '../policy/fields.ts';
import type { ConditionKeys } from '../snapshot/services.ts';
import type { Tags } from '../snapshot/snapshot.ts';

/** Reports something in an answer that could not be read, with its path. */
export type Note = (path: string, message: string) => void;

/** The value as an object; null if it is not one. */
export function fieldsOf(value: unknown): Fields | null {
  return isObject(value) ? value : null;
}

/** A text that is not empty, else null. */
export function text(fields: Fields | null, key: string): string | null {
  const value = fields?.[key];
  return typeof value === 'string' && value !== '' ? value : null;
}

export function number(fields: Fields | null, key: string): number | null {
  const value = fields?.[key];
  return typeof value === 'number' ? value : null;
}

export function boolean(fields: Fields | null, key: string): boolean | null {
  const value = fields?.[key];
  return typeof value === 'boolean' ? value : null;
}

/** A list; empty if the member is missing. Any other value is noted. */
export function list(fields: Fields | null, key: string, path: string, note: Note): readonly unknown[] {
  const value = fields?.[key];
  if (Array.isArray(value)) return value;
  if (value !== undefined && value !== null) note(`${path}.${key}`, `\`${key}\` is not a list`);
  return [];
}

/**
 * The members of an item that AWS always returns, if only as an empty list, and that are missing: their content is not
 * known. They are noted.
 */
export function notGiven<Key extends string>(
  fields: Fields,
  keys: readonly Key[],
  path: string,
  note: Note,
): readonly Key[] {
  const lacking = keys.filter((key) => fields[key] === undefined || fields[key] === null);
  if (lacking.length > 0)
    note(path, `AWS always gives ${lacking.map((key) => `\`${key}\``).join(', ')}, and here there is none`);
  return lacking;
}

/** The texts under `key` of each object in a list: `SecurityGroups[].GroupId`. Items without it are left out. */
export function textsOf(items: readonly unknown[], key: string): string[] {
  const found: string[] = [];
  for (const item of items) {
    const value = text(fieldsOf(item), key);
    if (value !== null) found.push(value);
  }
  return found;
}

/** The objects of a list; other items are noted. */
export function* objectsOf(
  fields: Fields | null,
  key: string,
  path: string,
  note: Note,
): Generator<{ readonly item: Fields; readonly at: string }> {
  for (const [index, value] of list(fields, key, path, note).entries()) {
    const at = `${path}.${key}[${index}]`;
    const item = fieldsOf(value);
    if (item === null) note(at, 'is not an object');
    else yield { item, at };
  }
}

/** AWS's `[{"Key","Value"}]`, byte for byte. A tag without a value has the empty one, which AWS prints. */
export function tagsOf(fields: Fields, path: string, note: Note): Tags {
  const tags: { key: string; value: string }[] = [];
  for (const { item, at } of objectsOf(fields, 'Tags', path, note)) {
    notGiven(item, ['Value'], at, note);
    const value = item.Value ?? '';
    if (typeof item.Key === 'string' && typeof value === 'string') tags.push({ key: item.Key, value });
    else note(at, 'a tag needs a `Key` and a `Value` that are texts');
  }
  return tags;
}

/** The CLI's date (ISO 8601 with an offset, or seconds since 1970) as ISO 8601 in UTC; null if it is not one. */
export function isoTime(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const date = new Date(typeof value === 'number' ? value * 1000 : value);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** The condition keys that the answer has; null is a value: requests do not have the key. */
export function saidKeys(keys: Readonly<Record<string, string | null | undefined>>): ConditionKeys {
  const said = Object.entries(keys).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]));
  return Object.fromEntries(said);
}
