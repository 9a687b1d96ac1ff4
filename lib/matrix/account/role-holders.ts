import { remembered } from '../../memory/remembered.ts';
import type { RegionField } from '../../snapshot/parts.ts';
import type { RoleUse } from '../../snapshot/services.ts';
import type { RegionSnapshot } from '../../snapshot/snapshot.ts';
import type { DirectoryHolder, RegionalHolder, RoleHolder } from '../paths/escalation.ts';
import type { Account } from './account.ts';
import { roleGivers } from './directory.ts';
import { letsIn } from './lets-in.ts';
import { NEW, namedArns } from './named-arns.ts';
import { UUID } from './new-resources.ts';
import { missingTrust } from './not-collected.ts';
import type { Target } from './target.ts';
import { isWhole } from './whole-lists.ts';

/** A thing that runs with its role, or gives one to people. */
export interface Holder extends Target {
  /** empty: it belongs to no region, or to one that was not read */
  readonly region: string;
  /** ARNs; if its role was not read, all that it may have */
  readonly roles: readonly string[];
}

interface HolderKind {
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
  return remembered(byKind, of, () => {
    if (!isRegional(of)) return [givers(account, of)];
    return [...account.regions.values()]
      .flatMap((region) => [read(region, of), unread(region, of, account)])
      .filter((all) => all.length > 0);
  });
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
  const { service, shape, tail, lists, call } = HOLDER_KINDS[of];
  const { snapshot } = account;
  if (lists.every((list) => region[list] && isWhole(snapshot, region.region, list))) return [];
  const roles = snapshot.roles
    .filter((role) => letsIn(role, service, account) || missingTrust(role, account.policies) !== null)
    .map(({ arn }) => arn);
  if (roles.length === 0) return [];
  const any = `arn:${snapshot.partition}:${shape.service}:${region.region}:${snapshot.accountId}:${shape.type}${NEW}${tail}`;
  const named = namedArns(account, shape, region.region, 'own');
  return [...new Set([any, ...named])].map((arn) => ({
    ...{ arn, tags: null, region: region.region, roles, missing: call },
  }));
}
