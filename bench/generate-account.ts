import type { Instance, RegionSnapshot, Snapshot } from '../lib/snapshot/snapshot.ts';
import { sortBy } from '../lib/snapshot/sort-by.ts';
import { type Company, foundCompany } from './account/company.ts';
import { SHARED_POLICIES } from './account/customer-policies.ts';
import type { DocumentJson } from './account/document.ts';
import { EMPTY_SERVICES } from './account/empty-services.ts';
import { foundFleets } from './account/fleets.ts';
import { formGroups } from './account/groups.ts';
import { guardrailsOf } from './account/guardrails.ts';
import { identityCenterOf, readCentrally } from './account/identity-center.ts';
import { launchInstances, registered } from './account/instances.ts';
import { layNetwork, networkOf, type Vpc } from './account/network.ts';
import { hirePeople } from './account/people.ts';
import { policyShelf } from './account/policy-shelf.ts';
import { makeRoles } from './account/roles.ts';
import { servicesOf } from './account/services.ts';
import { deployPolicy, teamPolicies } from './account/team-policies.ts';
import { makeUsers } from './account/users.ts';
import { readManagedPolicies } from './managed-policies.ts';
import { type Random, randomOf } from './random.ts';

const TAKEN_AT = '2026-08-23T10:15:00.000Z';

/** The size of an account, and its seed. */
export interface AccountSize {
  /** users and roles, half of each */
  readonly principals: number;
  readonly instances: number;
  readonly seed: number;
}

/**
 * A generated account with the mix of a real one, in canonical order; equal for equal size and seed. Values that are
 * equal in many places are one object.
 */
export function generateAccount({ principals, instances, seed }: AccountSize): Snapshot {
  const random = randomOf(seed);
  const company = foundCompany(principals, instances, random.fork('company'));
  const shelf = policyShelf(company.accountId, readManagedPolicies(), customerPolicies(company));
  const roleCount = Math.floor(principals / 2);
  const { roles, profiles } = makeRoles(company, roleCount, shelf, random.fork('roles'));
  const people = hirePeople(company, principals - roleCount, random.fork('people'));
  const owners = people
    .filter(({ kind }) => kind === 'developer')
    .map(({ name, team }) => ({ name, team: team.name }));
  const vpcs = layNetwork(company, instances, random.fork('network'));
  const profileArns = profiles.map((profile) => profile.arn);
  const fleets = foundFleets(company, vpcs, profileArns, random.fork('fleets'));
  const launched = launchInstances(company, { fleets, owners }, instances, random.fork('instances'));
  const things = {
    instances: [...launched.values()].flat().map(({ arn }) => arn),
    roles: roles.filter(({ path }) => path === '/team/' || path === '/').map(({ arn }) => arn),
  };
  const users = makeUsers(people, { company, things, shelf }, random.fork('users'));
  const groups = formGroups(company, shelf, random.fork('groups'));
  const { organization, policies: guardrails } = guardrailsOf(company);
  const identityCenter = identityCenterOf(roles, random.fork('identity center'));
  return {
    schemaVersion: 2,
    accountId: company.accountId,
    partition: 'aws',
    takenAt: TAKEN_AT,
    policies: sortBy([...shelf.records(), ...guardrails], ({ id }) => id),
    ...{ users, groups, roles, instanceProfiles: profiles, organization },
    ...(identityCenter && { identityCenter }),
    regions: company.regions.map((region) =>
      regionOf({ region, instances: launched.get(region) ?? [] }, vpcs, company, random.fork(region)),
    ),
    coverage: identityCenter ? [readCentrally(TAKEN_AT)] : [],
  };
}

function customerPolicies(company: Company): ReadonlyMap<string, DocumentJson> {
  const { accountId, teams, apps } = company;
  return new Map([
    ...SHARED_POLICIES,
    ...teams.flatMap((team) => teamPolicies(team, accountId)),
    ...apps.map((app) => deployPolicy(app, accountId)),
  ]);
}

function regionOf(
  { region, instances }: { readonly region: string; readonly instances: readonly Instance[] },
  vpcs: readonly Vpc[],
  company: Company,
  random: Random,
): RegionSnapshot {
  const runAs = region === 'eu-west-1';
  return {
    region,
    instances,
    ...networkOf(vpcs, region),
    serialConsoleEnabled: region === 'us-east-1',
    managedInstances: registered(instances, random),
    sessionPreferences: {
      runAsEnabled: runAs,
      runAsDefaultUser: runAs ? 'ops' : null,
      kmsKeyId: null,
      s3BucketName: null,
      cloudWatchLogGroupName: '/sessions',
    },
    documents: [
      {
        ...{ name: 'Restart-Service', documentType: 'Command', version: '1' },
        tags: [{ key: 'team', value: 'payments' }],
      },
      { name: 'SSM-SessionManagerRunShell', documentType: 'Session', tags: [], version: '1' },
      {
        ...{ name: 'Shell-WithLogging', documentType: 'Session', version: '1' },
        tags: [{ key: 'env', value: 'prod' }],
      },
    ],
    ...EMPTY_SERVICES,
    publicAccessBlocks: [{ mode: 'off', managedBy: 'account', exclusions: 'allowed' }],
    ...servicesOf(region, instances, company, random.fork('services')),
    documentContents: ['Restart-Service', 'Shell-WithLogging'].map((name) => ({
      ...{ name, version: '1', content: { schemaVersion: '2.2', mainSteps: [] } },
    })),
  };
}
