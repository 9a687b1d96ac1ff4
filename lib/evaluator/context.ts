import type { Uncertainty } from './decision.ts';
import type { Work } from './work.ts';

/** What a request carries for one key. `otherCase`: the value of a tag whose key differs by case only. */
export interface KeyValue {
  readonly values: readonly string[];
  /** it is there, with a value that is not known: `values` is empty. Equal symbols stand for equal values */
  readonly symbol?: string;
  /** AWS's pages differ on whether the request carries it at all: the code of what rests on that it does */
  readonly orAbsent?: Uncertainty;
  /** made up for a key that has several values */
  readonly list?: boolean;
  readonly otherCase?: string;
}

/** `null`: the request does not carry the key. `undefined`: it is not known whether it does. */
export type KeyState = KeyValue | null | undefined;

/** The condition keys of one request, by canonical key (`canonicalKey`). */
export interface Context {
  /** the prefix of the action, lower case; decides which spellings of a resource tag mean the same */
  readonly service: string;
  readonly lookup: (canonical: string) => KeyState;
  /** what all clauses and resources together may still spend on the values of unknown variables; absent: each its own */
  readonly solving?: Work;
}

const RESOURCE_TAG = 'aws:resourcetag/';
const ALIASES: readonly { readonly prefix: string; readonly services: readonly string[] }[] = [
  { prefix: 'ec2:resourcetag/', services: ['ec2', 'ec2-instance-connect'] },
  { prefix: 'ssm:resourcetag/', services: ['ssm'] },
  { prefix: 'iam:resourcetag/', services: ['iam', 'sts'] },
];

/**
 * Keys are compared without regard to case, tag keys in them included. `ec2:ResourceTag/k` is `aws:ResourceTag/k` for
 * EC2's actions, `ssm:resourceTag/k` for those of Systems Manager, `iam:ResourceTag/k` for those of IAM and STS (users
 * and roles have it); elsewhere each is a key of its own.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
 */
export function canonicalKey(key: string, service: string): string {
  const lower = key.toLowerCase();
  for (const alias of ALIASES) {
    if (lower.startsWith(alias.prefix) && alias.services.includes(service))
      return RESOURCE_TAG + lower.slice(alias.prefix.length);
  }
  return lower;
}

/** A resource-tag key of a service that does not know it (`ec2:ResourceTag` on an SSM action): never in the request. */
export function isForeignTagKey(canonical: string): boolean {
  return ALIASES.some((alias) => canonical.startsWith(alias.prefix));
}
