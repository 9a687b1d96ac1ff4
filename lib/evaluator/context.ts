import type { Uncertainty } from './decision.ts';
import type { Work } from './work.ts';

/** The value of one key in a request. `otherCase`: the value of a tag whose key differs by case only. */
export interface KeyValue {
  readonly values: readonly string[];
  /** the key exists, with an unknown value: `values` is empty. Equal symbols mean equal values */
  readonly symbol?: string;
  /** AWS's pages disagree whether the request has the key: the code for results that assume it does */
  readonly orAbsent?: Uncertainty;
  /** the key has several values */
  readonly list?: boolean;
  readonly otherCase?: string;
}

/** `null`: the request does not have the key. `undefined`: not known. */
export type KeyState = KeyValue | null | undefined;

/** The condition keys of one request, by canonical key (`canonicalKey`). */
export interface Context {
  /** the prefix of the action, lower case; decides which spellings of a resource tag are equal */
  readonly service: string;
  readonly lookup: (canonical: string) => KeyState;
  /** true: a key that is not known may have any value, also one that no request of AWS has */
  readonly anyValue?: boolean;
  /**
   * what all clauses and resources together may still spend on values of unknown variables; absent: each has
   * its own budget
   */
  readonly solving?: Work;
}

const RESOURCE_TAG = 'aws:resourcetag/';
/** Stands for the service in a request of IAM on a resource that has no `iam:ResourceTag`. */
export const WITHOUT_IAM_TAGS = 'iam without tags';

const ALIASES: readonly { readonly prefix: string; readonly services: readonly string[] }[] = [
  { prefix: 'ec2:resourcetag/', services: ['ec2', 'ec2-instance-connect'] },
  { prefix: 'ssm:resourcetag/', services: ['ssm'] },
  { prefix: 'iam:resourcetag/', services: ['iam', 'sts'] },
];

/**
 * Keys are compared case-insensitively, tag keys included. `ec2:ResourceTag/k` is `aws:ResourceTag/k` for
 * EC2's actions, `ssm:resourceTag/k` for those of Systems Manager, `iam:ResourceTag/k` for those of IAM and
 * STS (users and roles have it); elsewhere they are separate keys.
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

/**
 * A resource-tag key that the service does not have (`ec2:ResourceTag` on an SSM action): never in the
 * request.
 */
export function isForeignTagKey(canonical: string): boolean {
  return ALIASES.some((alias) => canonical.startsWith(alias.prefix));
}
