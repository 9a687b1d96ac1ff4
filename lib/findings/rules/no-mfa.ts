import type { CellGroup } from '../../matrix/paths/matrix.ts';
import { allowedPrincipals } from '../../policy/allowed-principals.ts';
import { thousands } from '../../policy/counted.ts';
import { instanceSentences, manageable, named } from '../evidence.ts';
import type { Facts } from '../facts.ts';
import type { AccessHolder } from '../finding.ts';
import { instancesText } from '../instances-text.ts';
import { isOfProvider } from '../provider-mfa.ts';
import { MFA_PAGE } from '../reference-pages.ts';
import type { PlaceHit, Rule } from '../rule.ts';
import { asksForMfa } from '../severity.ts';
import { SHELL_PATHS, shellCells } from '../shell-cells.ts';
import { accessUnseen } from '../unseen.ts';

/**
 * Users, and roles that users assume. For roles of an identity provider no key shows whether it required MFA.
 */
export const noMfa: Rule = {
  id: 'NO-MFA',
  severity: 'medium',
  title: 'get a shell without MFA',
  fires:
    'a shell or commands as root are open to IAM users, or to roles that users of the account assume, and a route to them requires MFA neither for the role nor at the end; one finding per account, high if production is reached. Roles that people assume through an identity provider are not judged, since no condition key shows whether the provider required MFA: the notes of coverage name them',
  risk: 'anybody who finds a password or an access key has the shell: most incidents begin with leaked keys',
  verify: '`latchkey explain --principal WHO --instance ID --path PATH` shows no condition on MFA',
  remediation:
    'attach a Deny of everything except setting up MFA to the group of all users, and require MFA in the trust policies of the roles that users assume',
  references: [
    MFA_PAGE,
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_my-sec-creds-self-manage-mfa-only.html',
    'Security Hub IAM.19',
  ],
  paths: SHELL_PATHS,
  find,
  unseen: accessUnseen,
};

const EXAMPLE = {
  Effect: 'Deny',
  NotAction: [
    'iam:ListMFADevices',
    'iam:CreateVirtualMFADevice',
    'iam:EnableMFADevice',
    'sts:GetSessionToken',
  ],
  Resource: '*',
  Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
};

interface Open {
  readonly principal: number;
  readonly arn: string;
  readonly cells: readonly CellGroup[];
}

function* find(facts: Facts): Generator<PlaceHit> {
  const open = [...shellCells(facts)].flatMap(([principal, held]) => openWithout(facts, principal, held));
  if (open.length === 0) return;
  const { partition, accountId } = facts.snapshot;
  const cells = [...new Set(open.flatMap((one) => one.cells))];
  const counts = facts.countAll(cells);
  const holders = open.map((one) => holderOf(facts, one)).sort(mostFirst);
  const people =
    holders.length === 1
      ? '1 user or role of users'
      : `${thousands(holders.length)} users and roles of users`;
  yield {
    kind: 'place',
    rule: noMfa,
    severity: counts.prod > 0 ? 'high' : noMfa.severity,
    cause: { kind: 'setting', resource: `arn:${partition}:iam::${accountId}:root`, statements: [] },
    title: `no MFA: ${people} ${holders.length === 1 ? 'gets' : 'get'} a shell on ${instancesText(counts.all, facts.matrix.instances.length)} without it`,
    instanceCount: counts.all,
    productionCount: counts.prod,
    regions: facts.regions.filter((_, at) => (counts.byRegion[at] ?? 0) > 0),
    holders,
    paths: [...new Set(cells.map(({ path }) => path))].sort(),
    evidence: [
      `without MFA: ${named(
        holders.map((one) => manageable(one.principal)),
        20,
      )}`,
      ...instanceSentences(facts, cells),
    ],
    remediation: `${noMfa.remediation}; for example ${JSON.stringify(EXAMPLE)}`,
    subjects: [],
  };
}

function openWithout(facts: Facts, principal: number, held: readonly CellGroup[]): readonly Open[] {
  const arn = facts.matrix.principals[principal]?.arn ?? '';
  if (facts.kindOf(principal) !== 'person' || !isTakenByUsers(facts, arn)) return [];
  const cells = held.filter((group) => !asksForMfa(facts, arn, [group]));
  return cells.length === 0 ? [] : [{ principal, arn, cells }];
}

function holderOf(facts: Facts, { principal, arn, cells }: Open): AccessHolder {
  const paths = [...new Set(cells.map(({ path }) => path))].sort();
  return { principal: arn, kind: facts.kindOf(principal), instances: facts.countAll(cells).all, paths };
}

function mostFirst(a: AccessHolder, b: AccessHolder): number {
  return b.instances - a.instances || (a.principal < b.principal ? -1 : 1);
}

/** A user; or a role whose trust policy names the account or its users, and no identity provider. */
function isTakenByUsers(facts: Facts, arn: string): boolean {
  const { policies, snapshot } = facts;
  const who = facts.principals.get(arn);
  if (!who || !('trust' in who)) return who !== undefined;
  const { accountId } = snapshot;
  const isOwn = (entry: string): boolean => entry === accountId || entry.split(':')[4] === accountId;
  const allowed = allowedPrincipals(policies.statements(who.trust) ?? []);
  return allowed.some(({ any, aws }) => any || aws.some(isOwn)) && !isOfProvider(policies, who);
}
