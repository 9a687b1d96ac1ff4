import type { Group } from '../../lib/snapshot/snapshot.ts';
import { sortBy } from '../../lib/snapshot/sort-by.ts';
import type { Random } from '../random.ts';
import type { Company, Team } from './company.ts';
import { allow, policyDocument } from './document.ts';
import type { Person } from './people.ts';
import type { PolicyShelf } from './policy-shelf.ts';

/** Two groups for each team, and one for each job that is the same everywhere. */
export function formGroups(company: Company, shelf: PolicyShelf, random: Random): readonly Group[] {
  const group = (name: string, policies: readonly string[]): Group => {
    const arn = groupArn(company.accountId, name);
    return { arn, name, id: `AGPA${random.id(17)}`, path: '/', policies: inOrder(arn, policies) };
  };
  const jobs = Object.entries(jobPolicies(shelf)).map(([name, policies]) => group(name, policies));
  const teams = company.teams.flatMap((team) => [
    group(`${team.name}-developers`, developerPolicies(company.accountId, team, shelf, random)),
    group(`${team.name}-operators`, [shelf.customer(`${team.name}-operators`)]),
  ]);
  return sortBy([...jobs, ...teams], ({ arn }) => arn);
}

const groupArn = (account: string, name: string): string => `arn:aws:iam::${account}:group/${name}`;

/** Inline policies first, then attached ones, each by id: the order of a snapshot. */
export function inOrder(owner: string, policies: readonly string[]): readonly string[] {
  return sortBy([...new Set(policies)], (id) => `${id.startsWith(`${owner}#`) ? 0 : 1}${id}`);
}

const jobPolicies = (shelf: PolicyShelf): Readonly<Record<string, readonly string[]>> => ({
  everyone: [shelf.aws('IAMUserChangePassword'), shelf.customer('DenyWithoutMfa')],
  administrators: [shelf.aws('AdministratorAccess')],
  auditors: [shelf.aws('SecurityAudit'), shelf.aws('job-function/ViewOnlyAccess')],
  support: [shelf.aws('job-function/SupportUser'), shelf.customer('ConsoleReaders')],
  database: [shelf.aws('job-function/DatabaseAdministrator'), shelf.customer('SnapshotOperators')],
  network: [shelf.aws('job-function/NetworkAdministrator'), shelf.customer('TunnelOperators')],
  'power-users': [shelf.aws('PowerUserAccess'), shelf.aws('IAMReadOnlyAccess')],
});

function developerPolicies(
  account: string,
  team: Team,
  shelf: PolicyShelf,
  random: Random,
): readonly string[] {
  const policies = [shelf.customer('SessionsByTeam'), shelf.customer('ConnectByTeam')];
  const some = (share: number, id: () => string): void => {
    if (random.chance(share)) policies.push(id());
  };
  some(0.6, () => shelf.aws('ReadOnlyAccess'));
  some(0.3, () => shelf.aws('AmazonEC2ReadOnlyAccess'));
  some(0.4, () => shelf.customer('PowerOutsideProduction'));
  some(0.3, () => shelf.customer('RunShellOutsideProduction'));
  some(0.3, () => shelf.customer('OwnDevelopmentInstances'));
  some(0.2, () => shelf.customer('TagOwnTeam'));
  some(0.2, () => shelf.customer('FirewallByTeam'));
  some(0.05, () => shelf.aws('AmazonSSMFullAccess'));
  some(0.08, () => shelf.aws('AmazonEC2FullAccess'));
  const roles = `arn:aws:iam::${account}:role/team/${team.name}-*`;
  const assume = policyDocument(allow('sts:AssumeRole', roles));
  some(0.8, () => shelf.inline(groupArn(account, `${team.name}-developers`), 'take-team-roles', assume));
  return policies;
}

const JOB_GROUPS: Partial<Record<Person['kind'], string>> = {
  admin: 'administrators',
  auditor: 'auditors',
  support: 'support',
  database: 'database',
  network: 'network',
  power: 'power-users',
};

export function groupsOf({ kind, team }: Person): readonly string[] {
  if (kind === 'service' || kind === 'none') return [];
  const job = JOB_GROUPS[kind];
  const ofTeam = ['developer', 'operator', 'lead'].includes(kind) ? [`${team.name}-developers`] : [];
  const operators = kind === 'operator' ? [`${team.name}-operators`] : [];
  return ['everyone', ...(job ? [job] : []), ...ofTeam, ...operators].sort();
}
