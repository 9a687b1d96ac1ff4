import { remembered } from '../../memory/remembered.ts';
import type { RegionSnapshot } from '../../snapshot/snapshot.ts';
import type { Existing, RegionalHolder } from '../paths/escalation.ts';
import type { ArnShape } from '../paths/resource-kinds.ts';
import type { Account } from './account.ts';
import { NEW, namedArns } from './named-arns.ts';
import { HOLDER_KINDS } from './role-holders.ts';
import type { Target } from './target.ts';
import { isWhole } from './whole-lists.ts';

/** An existing resource of a service, with or without a role. */
export interface ExistingThing extends Target {
  readonly region: string;
}

/** Kinds without a collected list: the row has a condition that one exists. */
const UNLISTED: Readonly<Record<Exclude<Existing, RegionalHolder>, ArnShape>> = {
  schedules: { service: 'scheduler', type: 'schedule/', idsHavePaths: true },
  rules: { service: 'events', type: 'rule/', idsHavePaths: true },
};

const known = new WeakMap<Account, Map<Existing, readonly ExistingThing[]>>();

/** In every region; placeholders for what was not read have `missing`. */
export function existingThings(account: Account, of: Existing): readonly ExistingThing[] {
  const byKind = remembered(known, account, () => new Map<Existing, readonly ExistingThing[]>());
  return remembered(byKind, of, () =>
    [...account.regions.values()].flatMap((region) =>
      isUnlisted(of) ? any(account, region, UNLISTED[of], '') : listed(account, region, of),
    ),
  );
}

const isUnlisted = (of: Existing): of is keyof typeof UNLISTED => of in UNLISTED;

function listed(account: Account, region: RegionSnapshot, of: RegionalHolder): readonly ExistingThing[] {
  const { shape, tail, lists, call, there } = HOLDER_KINDS[of];
  const read = (there(region) ?? []).map(({ arn }) => ({ arn, tags: null, region: region.region }));
  if (lists.every((list) => region[list] && isWhole(account.snapshot, region.region, list))) return read;
  return [...read, ...any(account, region, shape, tail).map((one) => ({ ...one, missing: call }))];
}

/** An unlikely name, and each name in an Allow of the account. */
function any(
  account: Account,
  { region }: RegionSnapshot,
  shape: ArnShape,
  tail: string,
): readonly ExistingThing[] {
  const { partition, accountId } = account.snapshot;
  const unlikely = `arn:${partition}:${shape.service}:${region}:${accountId}:${shape.type}${NEW}${tail}`;
  const arns = new Set([unlikely, ...namedArns(account, shape, region, 'own')]);
  return [...arns].map((arn) => ({ arn, tags: null, region }));
}
