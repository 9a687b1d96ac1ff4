import { serviceOf } from '../../evaluator/compile.ts';
import { ACCESS_PATHS } from '../../matrix/paths/access-paths.ts';
import type { PathId } from '../../matrix/paths/cell.ts';
import type { CellGroup } from '../../matrix/paths/matrix.ts';
import { remembered } from '../../memory/remembered.ts';
import { accessHit } from '../access-hit.ts';
import { isOpenFor } from '../asking.ts';
import type { Facts } from '../facts.ts';
import type { Hit, Rule } from '../rule.ts';
import { accessUnseen } from '../unseen.ts';

/** An action that AWS counts as reading, and what it reveals. */
interface Read {
  readonly action: string;
  readonly gives: string;
  /** the kind of resource of the action; null: none */
  readonly kind: 'instance' | 'parameter' | null;
  /** without one of these a principal reads only what most auditors read */
  readonly isSecret: boolean;
}

const READS: readonly Read[] = [
  { action: 'ec2:GetPasswordData', gives: 'passwords of Windows', kind: 'instance', isSecret: true },
  { action: 'ssm:GetParameter', gives: 'parameters', kind: 'parameter', isSecret: true },
  {
    action: 'ssm:GetAccessToken',
    gives: 'credentials of just-in-time access',
    kind: null,
    isSecret: true,
  },
  { action: 'ssm:GetCommandInvocation', gives: 'what commands printed', kind: null, isSecret: false },
];

const isReading = (path: PathId): boolean =>
  ACCESS_PATHS.some(({ id, groups }) => id === path && groups.every((group) => group === 'data'));

/** A principal that gets nowhere and changes nothing, but reads what would let it in. */
export const roSecrets: Rule = {
  id: 'RO-SECRETS',
  severity: 'low',
  title: 'read passwords, parameters or tokens',
  fires:
    "a principal has only paths that read, and may read passwords, parameters or access tokens of any name (AWS's `ReadOnlyAccess` allows all of these)",
  risk: 'Windows passwords, parameters, user data and command output may contain credentials: reading them can be as good as a shell',
  verify:
    '`aws iam simulate-principal-policy --policy-source-arn WHO --action-names ec2:GetPasswordData ssm:GetParameter ssm:GetAccessToken` shows what is allowed',
  remediation:
    "deny these actions in addition to the reading policy, or replace it with AWS's `ViewOnlyAccess`",
  references: [
    'https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ReadOnlyAccess.html',
    'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetPasswordData.html',
  ],
  paths: ACCESS_PATHS.map(({ id }) => id).filter(isReading),
  find,
  unseen: accessUnseen,
};

function* find(facts: Facts): Generator<Hit> {
  for (const [principal, cells] of readersOf(facts)) {
    const open = READS.filter((read) => isOpen(facts, principal, read));
    if (!open.some(({ isSecret }) => isSecret)) continue;
    yield accessHit(facts, {
      ...{ rule: roSecrets, principal, cells, adds: true },
      says: `open for things of any name: ${open.map(({ action, gives }) => `${action} (${gives})`).join(', ')}`,
      concerns: ({ effect }) => effect === 'Allow',
      example: { Effect: 'Deny', Action: open.map(({ action }) => action), Resource: '*' },
    });
  }
}

/** Principals that hold only reading paths, and their cells. */
function readersOf(facts: Facts): Map<number, CellGroup[]> {
  const readers = new Map<number, CellGroup[]>();
  for (const path of roSecrets.paths)
    for (const [principal, cells] of facts.held(path))
      remembered(readers, principal, (): CellGroup[] => []).push(...cells);
  for (const { id } of ACCESS_PATHS) {
    if (!isReading(id)) for (const principal of facts.held(id).keys()) readers.delete(principal);
  }
  return readers;
}

/** The resource does not exist yet, so the request is for any name. */
function isOpen(facts: Facts, principal: number, { action, kind }: Read): boolean {
  const { partition, accountId } = facts.snapshot;
  const region = facts.regions[0] ?? 'us-east-1';
  const resource =
    kind === null
      ? '*'
      : `arn:${partition}:${serviceOf(action)}:${region}:${accountId}:${kind}/${'z'.repeat(17)}`;
  const arn = facts.matrix.principals[principal]?.arn ?? '';
  return isOpenFor(facts.snapshot, arn, { action, resource, region, tags: [] });
}
