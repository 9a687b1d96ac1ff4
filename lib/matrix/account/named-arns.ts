import type { CompiledPolicy } from '../../evaluator/compile.ts';
import type { ResourcePattern } from '../../evaluator/match-resource.ts';
import { remembered } from '../../memory/remembered.ts';
import { isVariable } from '../../policy/variables.ts';
import type { ArnShape } from '../paths/resource-kinds.ts';
import type { Account } from './account.ts';

/** A resource that does not exist yet, under a name that no policy is likely to name. */
export const NEW = 'new-00000000000000000';

const patternCache = new WeakMap<Account, Map<string, readonly string[]>>();
const arnCache = new WeakMap<Account, Map<string, readonly string[]>>();

/** The owner of an ARN's resource: the audited account, or another. */
export type Owner = 'own' | 'other';

/**
 * ARNs for something whose creator may choose the name: an unlikely name, and those that Allows of the
 * account name, with a letter for each wildcard. A principal that may create `document/mine-*` creates one of
 * that name.
 */
export function namedArns(
  account: Account,
  shape: ArnShape,
  region: string,
  owner: Owner,
): readonly string[] {
  const known = remembered(arnCache, account, () => new Map<string, readonly string[]>());
  const key = `${shape.service}:${shape.type} ${region} ${owner}`;
  return remembered(known, key, () => arnsFor(account, shape, region, owner));
}

function arnsFor(
  account: Account,
  { service, type }: ArnShape,
  region: string,
  owner: Owner,
): readonly string[] {
  const byShape = remembered(patternCache, account, () => new Map<string, readonly string[]>());
  const texts = remembered(byShape, `${service}:${type}`, () => patternsOf(account, service, type));
  const { partition, accountId } = account.snapshot;
  const isOwner = (id: string): boolean =>
    owner === 'own' ? id === accountId : id !== accountId && id !== '';
  const arns = texts.flatMap((text) => {
    const [, part, , place = '', account_ = '', ...rest] = text.split(':');
    const isHere = (given: string, here: string): boolean => given === here || /^[*?]*$/.test(given);
    if (!isHere(part ?? '', partition) || !isHere(place, region)) return [];
    const id = /^[*?]*$/.test(account_) ? accountId : account_;
    if (!isOwner(id)) return [];
    return [`arn:${partition}:${service}:${region}:${id}:${rest.join(':').replaceAll(/[*?]/g, 'x')}`];
  });
  return [...new Set(arns)];
}

/** The patterns that limit the name, besides its existence. */
function patternsOf(account: Account, service: string, type: string): readonly string[] {
  const policies = new Set(account.subjects.flatMap(({ layers }) => layers.identityPolicies));
  const texts = new Set([...policies].flatMap(allowedTexts));
  return [...texts].filter((text) => text.split(':')[2] === service && isNamed(text, type));
}

/** The resources in Allows of a policy, as they are spelled. */
function allowedTexts({ statements }: CompiledPolicy): readonly string[] {
  return statements.flatMap(({ effect, resources, notResources }) =>
    effect === 'Allow' && resources && !notResources
      ? resources.map(textOf).filter((text) => text !== null)
      : [],
  );
}

/** Those of them that limit more than the kind, except instances: these are known. */
export function namesIn(policy: CompiledPolicy): ReadonlySet<string> {
  const isName = (text: string): boolean => {
    const resource = text.split(':').slice(5).join(':');
    return !(/^([^/:*?]*[/:])?[*?]*$/.test(resource) || resource.startsWith('instance/'));
  };
  return new Set(allowedTexts(policy).filter(isName));
}

function isNamed(text: string, type: string): boolean {
  const resource = text.split(':').slice(5).join(':');
  return resource.startsWith(type) && !/^[*?]*$/.test(resource.slice(type.length));
}

/** Null: it has a variable. */
function textOf({ template }: ResourcePattern): string | null {
  if (template.hasVariables) return null;
  return template.parts.map((part) => (isVariable(part) ? '' : part.text)).join('');
}
