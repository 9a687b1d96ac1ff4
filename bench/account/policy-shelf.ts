import type { PolicyKind, PolicyRecord } from '../../lib/snapshot/snapshot.ts';
import { sortBy } from '../../lib/snapshot/sort-by.ts';
import type { ManagedPolicies } from '../managed-policies.ts';
import type { DocumentJson } from './document.ts';

/**
 * The policies of an account, from which its users, groups and roles take theirs. Each function returns a policy's id.
 */
export interface PolicyShelf {
  /** an AWS managed policy, by the part of its ARN after `policy/` */
  aws(name: string): string;
  customer(name: string): string;
  inline(owner: string, name: string, document: DocumentJson): string;
  trust(role: string, document: DocumentJson): string;
  /** those that were taken, sorted by id */
  records(): readonly PolicyRecord[];
}

export function policyShelf(
  account: string,
  managed: ManagedPolicies,
  customer: ReadonlyMap<string, DocumentJson>,
): PolicyShelf {
  const records = new Map<string, PolicyRecord>();
  const take = (id: string, name: string, kind: PolicyKind, document: unknown): string => {
    if (document === undefined) throw new Error(`\`${id}\` is not a policy of this account`);
    if (!records.has(id)) records.set(id, { id, name, kind, document, problems: [] });
    return id;
  };
  return {
    aws: (name) => {
      const arn = `arn:aws:iam::aws:policy/${name}`;
      return take(arn, name.slice(name.lastIndexOf('/') + 1), 'aws-managed', managed.get(arn));
    },
    customer: (name) =>
      take(`arn:aws:iam::${account}:policy/${name}`, name, 'customer-managed', customer.get(name)),
    inline: (owner, name, document) => take(`${owner}#${name}`, name, 'inline', document),
    trust: (role, document) => take(`${role}#trust policy`, 'trust policy', 'trust', document),
    records: () => sortBy([...records.values()], (record) => record.id),
  };
}
