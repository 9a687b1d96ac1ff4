import { z } from 'zod';
import { parseJson } from '../../policy/json.ts';
import { quoted } from '../../policy/quoted.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
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
  /** what its configuration sets; null: the plan does not hold it */
  readonly expressions: Values | null;
  /** the account before the plan */
  readonly snapshot: Snapshot;
  /** names a part that is not judged */
  readonly leave: (why: string) => void;
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

/** The tags of a resource that is made, with those that the provider gives to all. */
export function plannedTags({ is, leave }: Pick<Resource, 'is' | 'leave'>): Record<string, string> {
  if (is?.isUnknown('tags')) leave('`tags` are not all known before apply');
  return { ...tagsIn(is, 'tags'), ...tagsIn(is, 'tags_all') };
}

const tagsIn = (side: ResourceSide | null, field: 'tags' | 'tags_all'): Record<string, string> => {
  const found = side?.values[field];
  const entries = typeof found === 'object' && found !== null ? Object.entries(found) : [];
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
};

export const iamPath = (side: ResourceSide): string => maybe(side, 'path') ?? '/';

/** The tags that a resource of the account gets and loses. A tag that is not known is neither. */
export function tagChanges(id: string, { was, is, leave }: Resource): readonly PlannedChange[] {
  const isPart = is?.isUnknown('tags') || is?.isUnknown('tags_all');
  if (isPart) leave('`tags` are not all known before apply');
  const [before, after] = [was, is].map((side) => ({
    ...tagsIn(side, 'tags'),
    ...tagsIn(side, 'tags_all'),
  })) as [Record<string, string>, Record<string, string>];
  const keys = isPart ? [] : Object.keys(before).filter((key) => !(key in after));
  const set = Object.fromEntries(Object.entries(after).filter(([key, value]) => before[key] !== value));
  return [
    ...(keys.length === 0 ? [] : [{ type: 'untag' as const, resource: id, keys }]),
    ...(Object.keys(set).length === 0 ? [] : [{ type: 'tag' as const, resource: id, tags: set }]),
  ];
}

/**
 * A policy that does not exist yet has no ARN: a made-up one with the resource's address is used, with unknown content.
 */
export const unknownPolicy = (address: string): string =>
  `arn:aws:iam::000000000000:policy/known-after-apply/${address}`;

/** The texts of one list that are not in another. */
export const lacking = (from: readonly string[], to: readonly string[]): readonly string[] =>
  from.filter((one) => !to.includes(one));
