import type { CompiledPolicy } from '../../evaluator/compile.ts';
import type { ResourcePattern } from '../../evaluator/match-resource.ts';
import { remembered } from '../../memory/remembered.ts';
import { isVariable, placeholderFor } from '../../policy/variables.ts';
import { glob, matches } from '../../policy/wildcard.ts';
import type { ArnShape } from '../paths/resource-kinds.ts';
import type { Account } from './account.ts';

/**
 * Names that only AWS may give.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateDocument.html
 */
const RESERVED: ReadonlyMap<string, RegExp> = new Map([['ssm:document/', /^document\/(aws|amazon|amzn)/i]]);

/** Services whose ARNs have no region. */
const REGIONLESS: ReadonlySet<string> = new Set(['ssm-incidents']);

/** The region in ARNs of a service. */
export const regionIn = (service: string, region: string): string => (REGIONLESS.has(service) ? '' : region);

const patternCache = new WeakMap<Account, Map<string, readonly string[]>>();
const arnCache = new WeakMap<Account, Map<string, readonly string[]>>();

/** The owner of an ARN's resource: the audited account, or another. */
export type ArnOwner = 'own' | 'other';

/**
 * ARNs for a resource whose creator chooses the name: an unlikely name, and the names in Allows of the account, with
 * a letter for each wildcard and a placeholder for each variable. For example, a principal that may create `document/mine-*` creates one with such a
 * name.
 */
export function namedArns(
  account: Account,
  shape: ArnShape,
  region: string,
  owner: ArnOwner,
): readonly string[] {
  const known = remembered(arnCache, account, () => new Map<string, readonly string[]>());
  const key = `${shape.service}:${shape.type} ${region} ${owner}`;
  return remembered(known, key, () => arnsFor(account, shape, region, owner));
}

function arnsFor(
  account: Account,
  { service, type }: ArnShape,
  region: string,
  owner: ArnOwner,
): readonly string[] {
  const byShape = remembered(patternCache, account, () => new Map<string, readonly string[]>());
  const key = `${service}:${type} ${owner}`;
  const texts = remembered(byShape, key, () => patternsOf(account, { service, type }, owner));
  const { partition, accountId } = account.snapshot;
  const isHere = (pattern: string, here: string): boolean => matches(glob(pattern), here);
  const arns = texts.flatMap((text) => {
    const [, part = '', , place = '', holder = '', ...rest] = text.split(':');
    if (!isHere(part, partition) || !isHere(place, region)) return [];
    const id = owner === 'own' ? accountId : otherAccount(holder, accountId);
    // ARNs of snapshots and images have no account
    if (id === null || (holder !== '' && !isHere(holder, id))) return [];
    const resource = withLetters(rest.join(':'));
    if (RESERVED.get(`${service}:${type}`)?.test(resource)) return [];
    return [`arn:${partition}:${service}:${region}:${id}:${resource}`];
  });
  return [...new Set(arns)];
}

/** A text that matches the pattern. */
export const withLetters = (pattern: string): string => pattern.replaceAll(/[*?]/g, 'x');

/** True for a pattern that covers any name. */
export const isAnyName = (name: string): boolean => /^[*?]*$/.test(name);

/** The resources that Allows of a policy name. */
export function allowedResources({ statements }: CompiledPolicy): readonly ResourcePattern[] {
  return statements.flatMap(({ effect, resources, notResources }) =>
    effect === 'Allow' && resources && !notResources ? resources : [],
  );
}

/** Stands for an account of anybody. */
const ANYBODYS = '000000000000';

/** An account, other than the audited one, that matches the pattern; null: none does. */
function otherAccount(pattern: string, own: string): string | null {
  if (pattern === '' || pattern === own) return null;
  if (isAnyName(pattern)) return ANYBODYS;
  return pattern.replaceAll('?', '0').replaceAll('*', '0'.repeat(Math.max(0, 13 - pattern.length)));
}

/** The patterns of Allows that limit the name or the account. */
function patternsOf(account: Account, { service, type }: ArnShape, owner: ArnOwner): readonly string[] {
  const policies = new Set(account.subjects.flatMap(({ layers }) => layers.identityPolicies));
  const texts = new Set([...policies].flatMap(allowedTexts));
  return [...texts].filter((text) => text.split(':')[2] === service && isNamed(text, type, owner));
}

/** The resource patterns of Allows, in their own spelling. */
function allowedTexts(policy: CompiledPolicy): readonly string[] {
  return allowedResources(policy)
    .map(patternText)
    .filter((text) => text !== null);
}

/**
 * The resource patterns that name something more specific than a kind. Instances are left out, since they are known.
 */
export function specificPatterns(policy: CompiledPolicy): ReadonlySet<string> {
  const isName = (text: string): boolean => {
    const resource = text.split(':').slice(5).join(':');
    return !(/^([^/:*?]*[/:])?[*?]*$/.test(resource) || resource.startsWith('instance/'));
  };
  return new Set(allowedTexts(policy).filter(isName));
}

/** True if a pattern limits more than the kind. In another account the account is the limit, so any name counts. */
function isNamed(text: string, type: string, owner: ArnOwner): boolean {
  const resource = text.split(':').slice(5).join(':');
  return resource.startsWith(type) && (owner === 'other' || !isAnyName(resource.slice(type.length)));
}

/** The pattern as text, with a placeholder for each variable; null: no name fits, as `$` is in none. */
export function patternText({ template }: ResourcePattern): string | null {
  const text = template.parts.map((part) => (isVariable(part) ? placeholderFor(part) : part.text)).join('');
  return text.includes('$') ? null : text;
}
