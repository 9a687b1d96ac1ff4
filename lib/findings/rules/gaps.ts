import type { Grant, PathId } from '../../matrix/paths/cell.ts';
import type { CellGroup } from '../../matrix/paths/matrix.ts';
import { remembered } from '../../memory/remembered.ts';
import { accessHit } from '../access-hit.ts';
import { guardsOf } from '../asking.ts';
import type { Facts } from '../facts.ts';
import type { AccessHit, Rule } from '../rule.ts';
import { SHELL_PATHS, shellCells } from '../shell-cells.ts';
import { coversAction } from '../statements.ts';
import { accessUnseen } from '../unseen.ts';
import { isByNewLaunch } from './new-launches.ts';

/** The request of each path to a shell on the instance itself: a Deny of the path names it. */
const ON_INSTANCE: ReadonlyMap<PathId, string> = new Map([
  ['session-manager', 'ssm:StartSession'],
  ['run-command', 'ssm:SendCommand'],
  ['ec2-instance-connect', 'ec2-instance-connect:SendSSHPublicKey'],
  ['serial-console', 'ec2-instance-connect:SendSerialConsoleSSHPublicKey'],
  ['state-association', 'ssm:CreateAssociation'],
]);

/** Equal instances are checked once; of different ones, at most this many. */
const LOOKED_AT = 12;

/** A Deny that closes one path to a shell and leaves another open on the same instance. */
export const denyGap: Rule = {
  id: 'DENY-GAP',
  severity: 'high',
  title: 'get in another way than the denied one',
  fires:
    'only a Deny closes one way to a shell on an instance (Session Manager, Run Command, State Manager, EC2 Instance Connect, the serial console), and the same principal has another way to a shell there; found by evaluating requests with and without the Deny',
  risk: 'the Deny looks as if it protects the instance, but does not',
  verify:
    '`latchkey who-can --principal WHO --instance ID --path shell` lists the open ways; `latchkey explain` of the closed one names the Deny',
  remediation: 'add the actions of the other ways to the Deny',
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html'],
  paths: SHELL_PATHS,
  find: findDenyGaps,
  unseen: accessUnseen,
};

function* findDenyGaps(facts: Facts): Generator<AccessHit> {
  if (!anyDenyOfOne(facts)) return;
  for (const [principal, cells] of shellCells(facts)) {
    const arn = facts.matrix.principals[principal]?.arn ?? '';
    if (!facts.principals.has(arn)) continue;
    const found = gapsOf(facts, arn, cells);
    if (found.grants.size === 0) continue;
    const example = { Effect: 'Deny', Action: [...ON_INSTANCE.values()].sort(), Resource: '*' };
    yield {
      kind: 'access',
      rule: denyGap,
      principal,
      cells: [...found.cells],
      grants: [...found.grants.values()],
      says: `it closes ${[...found.closed].sort().join(', ')}, but does not close ${[...new Set([...found.cells].map(({ path }) => path))].sort().join(', ')}`,
      example,
    };
  }
}

/**
 * True if a Deny of the account names some of these actions, but not all. One that names all leaves nothing
 * open.
 */
function anyDenyOfOne(facts: Facts): boolean {
  return facts.snapshot.policies.some(
    (record) =>
      record.kind !== 'earlier-version' &&
      (facts.policies.statements(record.id) ?? []).some((one) => {
        if (one.effect !== 'Deny') return false;
        const named = [...ON_INSTANCE.values()].filter((action) => coversAction(one, action)).length;
        return named > 0 && named < ON_INSTANCE.size;
      }),
  );
}

interface Gaps {
  readonly grants: Map<string, Grant>;
  readonly cells: Set<CellGroup>;
  readonly closed: Set<PathId>;
}

function gapsOf(facts: Facts, arn: string, cells: readonly CellGroup[]): Gaps {
  const gaps: Gaps = { grants: new Map(), cells: new Set(), closed: new Set() };
  const looked = new Map<number, readonly (readonly [PathId, readonly Grant[]])[]>();
  for (const group of cells) {
    for (const instance of facts.firstOf([group]).slice(0, LOOKED_AT)) {
      const closed = remembered(looked, instance, () => closedAt(facts, arn, instance));
      addClosed(gaps, group, closed);
    }
  }
  return gaps;
}

/** Adds the closed paths on instances where this one is open. */
function addClosed(
  gaps: Gaps,
  group: CellGroup,
  closed: readonly (readonly [PathId, readonly Grant[]])[],
): void {
  for (const [path, guards] of closed) {
    if (path === group.path) continue;
    gaps.cells.add(group);
    gaps.closed.add(path);
    for (const guard of guards) gaps.grants.set(`${guard.policy}\n${guard.statement}`, guard);
  }
}

/** The paths to a shell that only a Deny closes on an instance, and the Deny statements. */
function closedAt(
  facts: Facts,
  arn: string,
  index: number,
): readonly (readonly [PathId, readonly Grant[]])[] {
  const instance = facts.instances.get(facts.matrix.instances[index]?.id ?? '');
  if (!instance) return [];
  return [...ON_INSTANCE].flatMap(([path, action]) => {
    const { arn: resource, region, tags } = instance;
    const guards = guardsOf(facts.snapshot, arn, { action, resource, region, tags })
      .filter(({ policy, statement }) => leavesSome(facts, policy, statement))
      .map(({ policy, statement, sid, layer }): Grant => ({ policy, statement, sid, layer }));
    return guards.length === 0 ? [] : [[path, guards] as const];
  });
}

/** True if the statement names some of the paths, but not all. */
function leavesSome(facts: Facts, policy: string, statement: number): boolean {
  const one = facts.policies.statements(policy)?.[statement];
  return one !== undefined && [...ON_INSTANCE.values()].some((action) => !coversAction(one, action));
}

/** Paths that run the caller's code through an existing service. */
const DEPUTIES: readonly PathId[] = [
  'state-association',
  'maintenance-window',
  'document-rewrite',
  'stack-update',
  'launch-template',
  'beanstalk',
  'emr-step',
];

/** A principal whose policy allows some instances, and that reaches others through a service. */
export const pathDeputy: Rule = {
  id: 'PATH-DEPUTY',
  severity: 'medium',
  title: 'use a service to get onto instances that their own shell permissions exclude',
  fires:
    'a principal has StartSession or SendCommand on some instances only, and a shell on others through a service that acts for it (an association, a maintenance window, a document that others run, a stack, a launch template)',
  risk: "a limit by tag or id on the direct way has no effect: the service runs the principal's code as root on the other instances",
  verify:
    '`latchkey who-can --principal WHO --path shell --count` has more instances than `--path session-manager,run-command`',
  remediation: 'limit the actions of the service by the same tag or the same names as the direct way',
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html'],
  paths: SHELL_PATHS,
  find: findDeputies,
  unseen: accessUnseen,
};

function* findDeputies(facts: Facts): Generator<AccessHit> {
  for (const [principal, cells] of shellCells(facts)) {
    const direct = cells.filter(({ path }) => path === 'session-manager' || path === 'run-command');
    const reached = facts.countAll(direct).all;
    if (direct.length === 0 || reached === facts.matrix.instances.length) continue;
    const further = cells.filter(
      (group) =>
        DEPUTIES.includes(group.path) &&
        !isByNewLaunch(group) &&
        facts.countAll([...direct, group]).all > reached,
    );
    if (further.length === 0) continue;
    yield accessHit(facts, {
      rule: pathDeputy,
      principal,
      cells: further,
      says: `${reached} instances are open directly, ${facts.countAll([...direct, ...further]).all} with ${[...new Set(further.map(({ path }) => path))].sort().join(', ')}`,
      concerns: () => true,
    });
  }
}
