import { remembered } from '../../memory/remembered.ts';
import type { RegionSnapshot } from '../../snapshot/snapshot.ts';
import type { Existing } from '../paths/escalation.ts';
import { NEW_NAME } from '../paths/placeholder-ids.ts';
import type { ArnShape } from '../paths/resource-kinds.ts';
import { isUnlisted, UNLISTED, type UnlistedThing } from '../paths/unlisted-things.ts';
import type { Account } from './account.ts';

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

type Lists = readonly (readonly ExistingThing[])[];

const known = new WeakMap<Account, Map<Existing, Lists>>();

/** A list for each region, and one for placeholders of what was not read there, with `missing`. */
export function existingThings(account: Account, of: Existing): Lists {
  const byKind = remembered(known, account, () => new Map<Existing, Lists>());
  return remembered(byKind, of, () =>
    [...account.regions.values()].flatMap((region) =>
      isUnlisted(of) ? [placeholders(account, region, UNLISTED[of])] : listed(account, region, of),
    ),
  );
}

/** The shape of their ARNs. */
export function shapeOf(of: Existing): ArnShape {
  return (isUnlisted(of) ? UNLISTED[of] : LISTED[of]).shape;
}

function listed(account: Account, region: RegionSnapshot, of: Listed): Lists {
  const { lists, call, there } = LISTED[of];
  const read = (there(region) ?? []).map(({ arn }) => ({ arn, tags: null, region: region.region }));
  if (lists.every((list) => region[list] && isWhole(account.snapshot, region.region, list))) return [read];
  const unread = placeholders(account, region, LISTED[of]);
  return [read, unread.map((one) => ({ ...one, missing: call }))];
}
