import { remembered } from '../../memory/remembered.ts';
import type { RegionField } from '../../snapshot/parts.ts';
import type { RoleUse } from '../../snapshot/services.ts';
import type { RegionSnapshot } from '../../snapshot/snapshot.ts';
import type { DirectoryHolder, RegionalHolder, RoleHolder } from '../paths/escalation.ts';
import { UUID } from '../paths/placeholder-ids.ts';
import { isUnlistedHolder, UNLISTED_HOLDERS, type UnlistedHolder } from '../paths/unlisted-things.ts';
import type { Account } from './account.ts';
import { roleGivers } from './directory.ts';
import { letsIn, mayLetIn } from './lets-in.ts';
import { missingTrust } from './not-collected.ts';
import { type Form, placeholders } from './placeholders.ts';
import type { Target } from './target.ts';
import { isWhole } from './whole-lists.ts';

/** A thing that runs with its role, or gives one to people. */
export interface Holder extends Target {
  /** empty: it belongs to no region, or to one that was not read */
  readonly region: string;
  /** ARNs; if its role was not read, all that it may have */
  readonly roles: readonly string[];
}

export interface HolderKind {
  /** the service that may assume the role */
  readonly service: string;
  /** of the ARN */
  readonly shape: { readonly service: string; readonly type: string };
  /** added to the placeholder name of a thing that was not collected */
  readonly tail: string;
  /** the lists that contain these things, and the call for the last of them */
  readonly lists: readonly RegionField[];
  readonly call: string;
  /** those of a region that were read */
  readonly there: (region: RegionSnapshot) => readonly Pick<RoleUse, 'arn' | 'role'>[] | null;
}

const PROJECTS: Omit<HolderKind, 'there'> = {
  service: 'codebuild.amazonaws.com',
  shape: { service: 'codebuild', type: 'project/' },
  tail: '',
  lists: ['buildProjects'],
  call: 'codebuild batch-get-projects',
};

export const HOLDER_KINDS: Readonly<Record<RegionalHolder, HolderKind>> = {
  functions: {
    service: 'lambda.amazonaws.com',
    shape: { service: 'lambda', type: 'function:' },
    ...{ tail: '', lists: ['functions'], call: 'lambda list-functions' },
    there: ({ functions }) => functions,
  },
  stateMachineRoles: {
    service: 'states.amazonaws.com',
    shape: { service: 'states', type: 'stateMachine:' },
    ...{ tail: '', lists: ['stateMachines', 'stateMachineRoles'] },
    call: 'stepfunctions describe-state-machine',
    there: ({ stateMachineRoles }) => stateMachineRoles,
  },
  stacks: {
    service: 'cloudformation.amazonaws.com',
    shape: { service: 'cloudformation', type: 'stack/' },
    ...{ tail: `/${UUID}`, lists: ['stacks'], call: 'cloudformation describe-stacks' },
    there: ({ stacks }) => stacks,
  },
  projects: { ...PROJECTS, there: ({ buildProjects }) => buildProjects },
  // a batch starts its builds with a role of its own: if the project has none, the caller passes one
  batchProjects: {
    ...PROJECTS,
    there: ({ buildProjects }) => buildProjects?.filter(({ batchRole }) => batchRole !== null) ?? null,
  },
};

const known = new WeakMap<Account, Map<RoleHolder, readonly (readonly Holder[])[]>>();

/**
 * By region: the holders, each list with a placeholder if it was not read. The placeholder has every role that the
 * service may assume.
 */
export function holdersIn(account: Account, of: RoleHolder): readonly (readonly Holder[])[] {
  const byKind = remembered(known, account, () => new Map<RoleHolder, readonly (readonly Holder[])[]>());
  return remembered(byKind, of, () => listsOf(account, of).filter((all) => all.length > 0));
}

function listsOf(account: Account, of: RoleHolder): readonly (readonly Holder[])[] {
  if (isUnlistedHolder(of)) return unlisted(of, account);
  if (!isRegional(of)) return [givers(account, of)];
  return [...account.regions.values()].flatMap((region) => [read(region, of), unread(region, of, account)]);
}

export function isRegional(of: RoleHolder): of is RegionalHolder {
  return of in HOLDER_KINDS;
}

function givers(account: Account, of: DirectoryHolder): readonly Holder[] {
  return roleGivers(account, of).map((giver) => ({ ...giver, region: '' }));
}

function read(region: RegionSnapshot, of: RegionalHolder): readonly Holder[] {
  return (HOLDER_KINDS[of].there(region) ?? []).flatMap(({ arn, role }) =>
    role === null ? [] : [{ arn, tags: null, region: region.region, roles: [role] }],
  );
}

function unread(region: RegionSnapshot, of: RegionalHolder, account: Account): readonly Holder[] {
  const { service, lists, call } = HOLDER_KINDS[of];
  if (lists.every((list) => region[list] && isWhole(account.snapshot, region.region, list))) return [];
  const roles = account.snapshot.roles
    .filter((role) => mayLetIn(role, service, account) !== false)
    .map(({ arn }) => arn);
  return placeholdersWith(region, HOLDER_KINDS[of], roles, account).map((one) => ({ ...one, missing: call }));
}

/**
 * Things whose lists are never read, with every role that the service may assume; roles whose trust policies were
 * not read come separately.
 */
function unlisted(of: UnlistedHolder, account: Account): readonly (readonly Holder[])[] {
  const form = UNLISTED_HOLDERS[of];
  const possible = account.snapshot.roles.filter((role) => letsIn(role, form.service, account));
  const byGap = Map.groupBy(possible, (role) => missingTrust(role, account.policies));
  return [...byGap].flatMap(([missing, roles]) => {
    const gap = missing === null ? {} : { missing };
    const arns = roles.map(({ arn }) => arn);
    return [...account.regions.values()].map((region) =>
      placeholdersWith(region, form, arns, account).map((one) => ({ ...one, ...gap })),
    );
  });
}

function placeholdersWith(
  region: RegionSnapshot,
  form: Form,
  roles: readonly string[],
  account: Account,
): readonly Holder[] {
  return roles.length === 0 ? [] : placeholders(account, region, form).map((one) => ({ ...one, roles }));
}
