import { instanceCount } from '../../matrix/answers/find-groups.ts';
import type { Grant } from '../../matrix/paths/cell.ts';
import type { CellGroup } from '../../matrix/paths/matrix.ts';
import { remembered } from '../../memory/remembered.ts';
import { plain } from '../../policy/quoted.ts';
import { decisionOn } from '../asking.ts';
import { capped, describePrincipal } from '../evidence.ts';
import type { Facts } from '../facts.ts';
import type { Hit, Rule } from '../rule.ts';
import { accessUnseen } from '../unseen.ts';

/** Rules about principals that get onto instances through one IAM permission, or a passed role. */
interface SelfRule {
  readonly words: Omit<Rule, 'find' | 'unseen' | 'paths'>;
  /** the first step of the chain: the action in `via` */
  readonly actions: readonly string[];
  /** number of steps of the chain: one if it stays itself, two if a role is passed */
  readonly length: 1 | 2;
  /** an action followed by the policy that it overwrites */
  readonly rewrites?: string;
  readonly says: string;
}

const TO_EC2 = { 'iam:PassedToService': 'ec2.amazonaws.com' };

const SELF_RULES: readonly SelfRule[] = [
  {
    words: {
      id: 'TAG-PRINCIPAL',
      severity: 'high',
      title: 'get onto instances by changing their own tags',
      fires:
        'a principal may change its own tags (iam:TagUser, iam:TagRole, iam:UntagUser, iam:UntagRole), and policies give access to other values of `aws:PrincipalTag`, or to none, that its present tags do not give',
      risk: 'a principal that may change its own tags chooses which instances policies by tag give it',
      verify:
        '`latchkey who-can --principal WHO --json` has the ways in whose `via` is one of these; for `iam:TagUser` and `iam:TagRole` the condition names the tag',
      remediation:
        'deny iam:TagUser, iam:TagRole, iam:UntagUser and iam:UntagRole for the tag keys that policies use, to everybody except those who manage access',
      references: [
        'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html',
        'https://docs.aws.amazon.com/IAM/latest/UserGuide/tutorial_attribute-based-access-control.html',
      ],
    },
    actions: ['iam:TagUser', 'iam:TagRole', 'iam:UntagUser', 'iam:UntagRole'],
    length: 1,
    says: 'may change those of its own tags that policies use',
  },
  {
    words: {
      id: 'DENY-REMOVABLE',
      severity: 'high',
      title: 'get onto instances by removing their own permissions boundary',
      fires:
        'only a permissions boundary stops a principal from getting onto instances, and the principal may delete it, replace it or write a new version of its policy',
      risk: 'a boundary that its holder can remove is no limit',
      verify:
        '`latchkey who-can --principal WHO --json` has the ways in whose `via` is the action that removes the boundary',
      remediation:
        "deny iam:DeleteUserPermissionsBoundary, iam:DeleteRolePermissionsBoundary, iam:PutUserPermissionsBoundary, iam:PutRolePermissionsBoundary and iam:CreatePolicyVersion on the boundary's policy, in the boundary itself or in a service control policy",
      references: [
        'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html',
        'https://pathfinding.cloud/paths/iam-022',
      ],
    },
    actions: [
      'iam:DeleteUserPermissionsBoundary',
      'iam:PutUserPermissionsBoundary',
      'iam:DeleteRolePermissionsBoundary',
      'iam:PutRolePermissionsBoundary',
    ],
    length: 1,
    rewrites: 'iam:CreatePolicyVersion',
    says: 'may remove its own permissions boundary',
  },
  {
    words: {
      id: 'PASS-RUN',
      severity: 'high',
      title: 'get onto instances by launching one with another role',
      fires:
        'iam:PassRole with ec2:RunInstances is open for a role that gets onto instances: code on the new instance has that role',
      risk: 'user data of the new instance runs with the credentials of the role, so the principal has everything that the role has',
      verify:
        '`latchkey who-can --principal WHO --json` has the ways in whose `via` begins with `ec2:RunInstances`; `explain` shows each request',
      remediation:
        'limit iam:PassRole to the roles that new instances need, with iam:PassedToService = ec2.amazonaws.com',
      references: [
        'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html',
        'https://pathfinding.cloud/paths/ec2-001',
      ],
    },
    actions: ['ec2:RunInstances'],
    length: 2,
    says: 'may launch an instance with a role that gets onto others',
  },
];

export const selfRules: readonly Rule[] = SELF_RULES.map((row) => {
  const rule: Rule = {
    ...row.words,
    paths: [],
    find: (facts) => find(facts, rule, row),
    unseen: accessUnseen,
  };
  return rule;
});

function* find(facts: Facts, rule: Rule, row: SelfRule): Generator<Hit> {
  const { length, says } = row;
  const found = new Map<number, CellGroup[]>();
  for (const group of facts.matrix.groups) {
    if (!isTakenBy(group, row)) continue;
    for (const principal of group.principals) remembered(found, principal, (): CellGroup[] => []).push(group);
  }
  for (const [principal, cells] of found) {
    if (facts.kindOf(principal) === 'aws') continue;
    const own = facts.matrix.principals[principal]?.arn ?? '';
    const { used, passed, rewritten, asked } = stepsOf(cells, row, own);
    const paths = [...new Set(cells.map(({ path }) => path))].sort();
    yield {
      ...{ kind: 'access', rule, principal, cells, grants: grantsOfStep(facts, own, asked) },
      says: `${says} (${used.join(', ')})`,
      more: [
        `gets by that: ${paths.join(', ')}`,
        ...capped(
          passed.map((arn) => `as ${describePrincipal(arn)}`),
          'roles',
          3,
        ),
      ],
      ...(length === 1 ? { adds: true, example: denialOf(used, [own, ...rewritten]) } : {}),
    };
  }
}

/** The actions of the first step, what follows them, and their requests. */
function stepsOf(cells: readonly CellGroup[], { length, rewrites }: SelfRule, own: string) {
  const at = (step: number): readonly string[] =>
    [...new Set(cells.flatMap(({ outcome }) => outcome.via[step] ?? []))].sort();
  const [used, named] = [at(0), at(1)];
  if (length === 2) {
    const asked = named.map((resource) => ({ action: 'iam:PassRole', resource, context: TO_EC2 }));
    return { used, passed: named, rewritten: [], asked };
  }
  const on = (action: string): readonly string[] => (action === rewrites ? named : [own]);
  const asked = used.flatMap((action) => on(action).map((resource) => ({ action, resource })));
  return { used, passed: [], rewritten: named, asked };
}

/** True if it is open, by a step of the rule alone. */
function isTakenBy(group: CellGroup, { actions, length, rewrites }: SelfRule): boolean {
  const { via, verdict } = group.outcome;
  const [first = '', second = ''] = via;
  const isOne = via.length === length && actions.includes(first);
  const isRewritten = via.length === 2 && first === rewrites && /:policy\//.test(second);
  if (!(isOne || isRewritten) || instanceCount(group) === 0) return false;
  return verdict === 'allowed' || verdict === 'conditional';
}

function denialOf(actions: readonly string[], on: readonly string[]): object {
  const [first, ...others] = on.map(plain);
  return { Effect: 'Deny', Action: actions, Resource: others.length === 0 ? first : [first, ...others] };
}

interface AskedStep {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
}

/** The statements that allow the step itself: these are to be changed, not the ones that grant its result. */
function grantsOfStep(facts: Facts, arn: string, requests: readonly AskedStep[]): readonly Grant[] {
  const region = facts.regions[0] ?? 'us-east-1';
  const grants = new Map<string, Grant>();
  for (const request of requests) {
    const decision = decisionOn(facts.snapshot, arn, { ...request, region, tags: null });
    for (const { effect, layer, policy, statement } of decision?.statements ?? []) {
      if (effect !== 'Allow' || layer !== 'identityPolicies') continue;
      const sid = facts.policies.statements(policy)?.[statement]?.sid ?? null;
      grants.set(`${policy}\n${statement}`, { policy, statement, sid, layer });
    }
  }
  return [...grants.values()];
}
