import { z } from 'zod';
import { parseJson } from '../../policy/json.ts';
import { quoted } from '../../policy/quoted.ts';
import { NotRead } from './not-read.ts';
import type { PlannedChange } from './planned-change.ts';

export type Values = Readonly<Record<string, unknown>>;

export interface ResourceSide {
  readonly values: Values;
  readonly isUnknown: (field: string) => boolean;
}

/** One resource of a plan; `was` is null if it is created, `is` if it is deleted. */
export interface Resource {
  readonly address: string;
  readonly was: ResourceSide | null;
  readonly is: ResourceSide | null;
}

export type TerraformReader = (resource: Resource) => readonly PlannedChange[];

/** A text that must be known to tell what changes. */
export function knownText(side: ResourceSide, field: string): string {
  const found = side.values[field];
  if (side.isUnknown(field) || typeof found !== 'string' || found === '')
    throw new NotRead(`\`${field}\` is known only after apply`);
  return found;
}

export const maybe = (side: ResourceSide | null, field: string): string | null => {
  const found = side?.values[field];
  return typeof found === 'string' && found !== '' ? found : null;
};

/** A policy document; null: not known before apply. */
export function document(side: ResourceSide, field: string): Record<string, unknown> | null {
  if (side.isUnknown(field)) return null;
  const parsed = parseJson(String(side.values[field]));
  const read = parsed.ok ? z.record(z.string(), z.unknown()).safeParse(parsed.value) : null;
  if (!parsed.ok || !read?.success) throw new NotRead(`\`${field}\` is not a policy document`);
  const [twice] = parsed.duplicateKeys;
  if (twice !== undefined)
    throw new NotRead(`\`${field}\` has ${quoted(twice)} twice, which IAM refuses: keep one`);
  return read.data;
}

export const knownTexts = (side: ResourceSide | null, field: string): readonly string[] => {
  const found = side?.values[field];
  return Array.isArray(found) ? found.filter((one) => typeof one === 'string') : [];
};

export const plannedTags = (side: ResourceSide | null): Record<string, string> => {
  const found = side?.values.tags_all ?? side?.values.tags;
  const entries = typeof found === 'object' && found !== null ? Object.entries(found) : [];
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
};

export const iamPath = (side: ResourceSide): string => maybe(side, 'path') ?? '/';

export function tagChanges(
  resource: string,
  was: ResourceSide | null,
  is: ResourceSide,
): readonly PlannedChange[] {
  const [before, after] = [plannedTags(was), plannedTags(is)];
  const keys = Object.keys(before).filter((key) => !(key in after));
  const set = Object.fromEntries(Object.entries(after).filter(([key, value]) => before[key] !== value));
  return [
    ...(keys.length === 0 ? [] : [{ type: 'untag' as const, resource, keys }]),
    ...(Object.keys(set).length === 0 ? [] : [{ type: 'tag' as const, resource, tags: set }]),
  ];
}
