import { withAtoms } from '../../lib/evaluator/atoms.ts';
import { openOf } from '../../lib/evaluator/combine.ts';
import { and, type Formula, settle } from '../../lib/evaluator/formula.ts';
import type { Account, Subject } from '../../lib/matrix/account/account.ts';
import { grantsOf } from '../../lib/matrix/account/one-cell.ts';
import { ask } from '../../lib/matrix/account/question.ts';
import { reduced } from '../../lib/matrix/chains/assume-role.ts';
import { bestEdges, type Edge } from '../../lib/matrix/chains/chains.ts';
import type { Grant } from '../../lib/matrix/paths/cell.ts';
import type { Tags } from '../../lib/snapshot/snapshot.ts';
import { keptNaively } from './naive-kept.ts';

/** An action that gives somebody any policy, and on what. */
interface Way {
  readonly action: string;
  readonly of: 'user' | 'role' | 'both';
  readonly on: 'itself' | 'policy' | 'group';
  readonly key?: string;
}

const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess';
const WAYS: readonly Way[] = [
  { action: 'iam:CreatePolicyVersion', of: 'both', on: 'policy' },
  { action: 'iam:PutUserPolicy', of: 'user', on: 'itself' },
  { action: 'iam:AttachUserPolicy', of: 'user', on: 'itself', key: 'iam:PolicyARN' },
  { action: 'iam:PutGroupPolicy', of: 'user', on: 'group' },
  { action: 'iam:AttachGroupPolicy', of: 'user', on: 'group', key: 'iam:PolicyARN' },
  { action: 'iam:PutRolePolicy', of: 'role', on: 'itself' },
  { action: 'iam:AttachRolePolicy', of: 'role', on: 'itself', key: 'iam:PolicyARN' },
];

/**
 * The edges to those whom somebody can make stronger before he takes them, each asked about by itself. `stronger`: the
 * number of a principal once it has any policy.
 */
export function widenedEdges(
  by: Subject,
  edges: readonly Edge[],
  subjects: readonly Subject[],
  account: Account,
): readonly Edge[] {
  if (by.kind === 'outside') return [];
  const found = WAYS.flatMap((way) =>
    edges.flatMap((edge) =>
      edge.to.flatMap((end, at) => {
        const victim = subjects[end] as Subject;
        const to = strongerOf(victim, subjects, account);
        return to < 0
          ? []
          : askedWays(by, victim, way, account).flatMap((asked) => edgeTo(edge, at, to, asked));
      }),
    ),
  );
  return bestEdges(found);
}

interface Asked {
  readonly action: string;
  readonly open: Formula;
  readonly grants: readonly Grant[];
}

function edgeTo(edge: Edge, at: number, to: number, { action, open, grants }: Asked): readonly Edge[] {
  const both = and(edge.open, open);
  const steps = [edge.steps[at] as string];
  const all = [...(edge.grants ?? []), ...grants];
  return both === false ? [] : [{ ...edge, to: [to], steps, open: both, after: action, grants: all }];
}

/** As it would be with any policy; where it has everything already it is nobody else. */
function strongerOf(victim: Subject, subjects: readonly Subject[], account: Account): number {
  const boundary = victim.layers.permissionsBoundary;
  const names = ['any policy', ...keptNaively(victim, account)];
  return subjects.findIndex(
    ({ arn, layers, ownTags, untagged }) =>
      arn === victim.arn &&
      ownTags === victim.ownTags &&
      untagged === victim.untagged &&
      layers.permissionsBoundary === boundary &&
      layers.identityPolicies !== victim.layers.identityPolicies &&
      layers.identityPolicies.map(({ name }) => name).join() === names.join(),
  );
}

function askedWays(by: Subject, victim: Subject, way: Way, account: Account): readonly Asked[] {
  if (way.of !== 'both' && way.of !== victim.kind) return [];
  const context = way.key ? { [way.key]: ADMINISTRATOR } : undefined;
  return targetsOf(victim, way, account).flatMap((target) => {
    const row = { action: way.action, on: 'any' as const, ...(context ? { context } : {}) };
    const combined = ask(account, { subject: by, row, target, region: '' });
    const asked = settle(openOf(combined), new Set());
    const open = reduced(target.tags === null ? tagsOf(target.arn, asked) : asked, [], by.given);
    const grants = grantsOf([combined]).filter(({ policy }) => policy !== 'any policy');
    return open === false ? [] : [{ action: way.action, open, grants }];
  });
}

function targetsOf(
  victim: Subject,
  { on }: Way,
  { snapshot }: Account,
): readonly { readonly arn: string; readonly tags: Tags | null }[] {
  if (on === 'itself') return [{ arn: victim.arn, tags: victim.tags }];
  const held = new Set(victim.layers.identityPolicies.map(({ name }) => name));
  if (on === 'policy')
    return snapshot.policies
      .filter(({ id, kind }) => kind === 'customer-managed' && held.has(id))
      .map(({ id }) => ({ arn: id, tags: null }));
  const joined = snapshot.users.find(({ arn }) => arn === victim.arn)?.groups ?? [];
  return snapshot.groups.filter(({ name }) => joined.includes(name)).map(({ arn }) => ({ arn, tags: [] }));
}

/** The tags of this resource are not those of another. */
export function tagsOf(arn: string, open: Formula): Formula {
  return withAtoms(open, (atom) =>
    atom.canonical.startsWith('aws:resourcetag/')
      ? { ...atom, id: `${atom.id} where ${arn}`, canonical: `${atom.canonical} where ${arn}` }
      : atom,
  );
}
