import { canonicalKey } from '../../evaluator/context.ts';
import type { ResourcePattern } from '../../evaluator/match-resource.ts';
import { remembered } from '../../memory/remembered.ts';
import { isVariable } from '../../policy/variables.ts';
import { glob, matches } from '../../policy/wildcard.ts';
import { regionsOf } from '../../reference/regions.ts';
import type { ArnShape } from '../paths/resource-kinds.ts';
import type { Account, Subject } from './account.ts';
import { allowedResources, isAnyName, regionIn, withLetters } from './named-arns.ts';

/** A resource to be created: its name, and the region. */
export interface NewThing {
  readonly arn: string;
  readonly region: string;
}

const cache = new WeakMap<Subject, Map<string, readonly NewThing[]>>();

/**
 * The resources that a principal may create under names that its own Allows contain (`function:dev-*`,
 * `function:${aws:username}-*`), in the regions that were read. If an Allow names only other regions, one of these
 * is used: a function there can call any region. `unnamed`: the end of an ARN with an unlikely name.
 */
export function newThings(
  subject: Subject,
  account: Account,
  shape: ArnShape & { readonly unnamed: string },
): readonly NewThing[] {
  const known = remembered(cache, subject, () => new Map<string, readonly NewThing[]>());
  return remembered(known, `${shape.service}:${shape.unnamed}`, () => {
    const things = patternsOf(subject, shape.service).flatMap((text) => thingsFor(text, account, shape));
    return [...new Map(things.map((one) => [one.arn, one])).values()];
  });
}

function patternsOf({ layers, keys }: Subject, service: string): readonly string[] {
  const texts = layers.identityPolicies
    .flatMap(allowedResources)
    .map((pattern) => textOf(pattern, keys, service));
  return [...new Set(texts.filter((text) => text?.split(':')[2] === service))] as string[];
}

/** Null if a variable has no value, or an unknown one. */
function textOf({ template }: ResourcePattern, keys: Subject['keys'], service: string): string | null {
  const texts = template.parts.map((part) => {
    if (!isVariable(part)) return part.text;
    const values = keys.get(canonicalKey(part.key, service))?.values ?? [];
    return values.length === 1 ? (values[0] as string) : null;
  });
  return texts.includes(null) ? null : texts.join('');
}

function thingsFor(
  text: string,
  { snapshot, regions }: Account,
  { service, type, unnamed }: ArnShape & { readonly unnamed: string },
): readonly NewThing[] {
  const { partition, accountId } = snapshot;
  const [, part = '', , place = '', owner = '', ...rest] = text.split(':');
  const resource = rest.join(':');
  if (!matches(glob(part), partition) || !matches(glob(owner), accountId)) return [];
  const isNamed =
    resource.startsWith(type) &&
    !isAnyName(resource.slice(type.length)) &&
    // a name has no slash: `rule/a/b` is a rule of another bus
    depthOf(resource) <= depthOf(unnamed);
  const isThere = (region: string): boolean => matches(glob(place), regionIn(service, region));
  const read = [...regions.keys()].filter(isThere);
  const elsewhere = read.length > 0 ? [] : regionsOf(partition).filter(isThere).slice(0, 1);
  // for regions that were read, any name is tried anyway
  if (!isNamed && (elsewhere.length === 0 || !matches(glob(resource), unnamed))) return [];
  const name = isNamed ? withLetters(resource) : unnamed;
  return [...read, ...elsewhere].map((region) => ({
    arn: `arn:${partition}:${service}:${regionIn(service, region)}:${accountId}:${name}`,
    region,
  }));
}

const depthOf = (resource: string): number => resource.split('/').length;
