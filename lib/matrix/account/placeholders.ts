import type { RegionSnapshot } from '../../snapshot/snapshot.ts';
import { NEW_NAME } from '../paths/placeholder-ids.ts';
import type { ArnShape } from '../paths/resource-kinds.ts';
import type { Account } from './account.ts';
import { namedArns } from './named-arns.ts';
import type { Target } from './target.ts';

/** An existing resource of a service, with or without a role. */
export interface ExistingThing extends Target {
  readonly region: string;
}

/** The form of an ARN; `tail`: what follows a placeholder's name. */
export interface Form {
  readonly shape: ArnShape;
  readonly tail: string;
}

/** Stand for things that were not read: an unlikely name, and each name in an Allow of the account. */
export function placeholders(
  account: Account,
  { region }: RegionSnapshot,
  { shape, tail }: Form,
): readonly ExistingThing[] {
  const { partition, accountId } = account.snapshot;
  const unlikely = `arn:${partition}:${shape.service}:${region}:${accountId}:${shape.type}${NEW_NAME}${tail}`;
  const arns = new Set([unlikely, ...namedArns(account, shape, region, 'own')]);
  return [...arns].map((arn) => ({ arn, tags: null, region }));
}
