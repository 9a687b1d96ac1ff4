import { type Fields, isObject } from '../policy/fields.ts';
import type { ConditionKeys } from '../snapshot/services.ts';
import type { Tags } from '../snapshot/snapshot.ts';

/** Says that something at this path of an answer could not be read. */
export type Note = (path: string, message: string) => void;

/** The value as an object, or null where it is not one. */
export function fieldsOf(value: unknown): Fields | null {
  return isObject(value) ? value : null;
}

/** A text that is there and not empty, else null. */
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

/** A list, empty where it is left out. Something else in its place is noted. */
export function list(fields: Fields | null, key: string, path: string, note: Note): readonly unknown[] {
  const value = fields?.[key];
  if (Array.isArray(value)) return value;
  if (value !== undefined && value !== null) note(`${path}.${key}`, `\`${key}\` is not a list`);
  return [];
}

/**
 * The members of an item that AWS always gives, lists if empty ones, and that are left out: what they would hold is not
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

/** The objects of a list; anything else in it is noted. */
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

/** Condition keys that are said; null is said: requests have none. */
export function saidKeys(keys: Readonly<Record<string, string | null | undefined>>): ConditionKeys {
  const said = Object.entries(keys).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]));
  return Object.fromEntries(said);
}
