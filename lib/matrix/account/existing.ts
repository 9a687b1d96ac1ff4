import { remembered } from '../../memory/remembered.ts';
import type { RegionSnapshot } from '../../snapshot/snapshot.ts';
import type { Existing } from '../paths/escalation.ts';
import { isUnlisted, UNLISTED, type UnlistedThing } from '../paths/unlisted-things.ts';
import type { Account } from './account.ts';
import { NEW_NAME } from './named-arns.ts';
import { type ExistingThing, placeholders } from './placeholders.ts';
import { HOLDER_KINDS, type HolderKind } from './role-holders.ts';
import { isWhole } from './whole-lists.ts';

type Listed = Exclude<Existing, UnlistedThing>;

const LISTED: Readonly<Record<Listed, Omit<HolderKind, 'service' | 'there'> & { readonly there: There }>> = {
  ...HOLDER_KINDS,
  services: {
    shape: { service: 'ecs', type: 'service/' },
    ...{ tail: `/${NEW_NAME}`, lists: ['ecsClusters', 'containerServices'], call: 'ecs list-services' },
    there: ({ containerServices }) => containerServices,
  },
};

type There = (region: RegionSnapshot) => readonly { readonly arn: string }[] | null;

const known = new WeakMap<Account, Map<Existing, readonly ExistingThing[]>>();

/** In every region; placeholders for what was not read have `missing`. */
export function existingThings(account: Account, of: Existing): readonly ExistingThing[] {
  const byKind = remembered(known, account, () => new Map<Existing, readonly ExistingThing[]>());
  return remembered(byKind, of, () =>
    [...account.regions.values()].flatMap((region) =>
      isUnlisted(of) ? placeholders(account, region, UNLISTED[of]) : listed(account, region, of),
    ),
  );
}

function listed(account: Account, region: RegionSnapshot, of: Listed): readonly ExistingThing[] {
  const { lists, call, there } = LISTED[of];
  const read = (there(region) ?? []).map(({ arn }) => ({ arn, tags: null, region: region.region }));
  if (lists.every((list) => region[list] && isWhole(account.snapshot, region.region, list))) return read;
  const unread = placeholders(account, region, LISTED[of]);
  return [...read, ...unread.map((one) => ({ ...one, missing: call }))];
}
