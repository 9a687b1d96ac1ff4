import { openOf } from '../../lib/evaluator/combine.ts';
import { and, type Formula } from '../../lib/evaluator/formula.ts';
import type { Account, Subject } from '../../lib/matrix/account/account.ts';
import { requestGrants } from '../../lib/matrix/account/one-cell.ts';
import { ask } from '../../lib/matrix/account/question.ts';
import type { Edge } from '../../lib/matrix/chains/chains.ts';
import type { Role, Snapshot, User } from '../../lib/snapshot/snapshot.ts';
import { mergedCodes, type Resting, restingOn, SURELY } from './naive-codes.ts';
import { NaiveTrust } from './naive-trust.ts';

/** The requests of a principal that creates a user or role and becomes it. */
const WAYS = [['User', 'iam:CreateAccessKey'], ['User', 'iam:CreateLoginProfile'], ['Role']] as const;

/** A principal of the account, or one as somebody creates it. */
export function identityOf(subject: Subject, { users, roles }: Snapshot): User | Role {
  const own = [...users, ...roles].find(({ arn }) => arn === subject.arn);
  if (own) return subject.untagged ? { ...own, tags: subject.tags } : own;
  const { arn, layers, kind, principal } = subject;
  const boundary = layers.permissionsBoundary?.name ?? null;
  const made = { arn, name: arn, id: principal.id ?? '', path: '/', tags: [], policies: [], boundary };
  return kind === 'role'
    ? { ...made, trust: `${arn}#`, maxSessionDuration: null, lastUsed: null }
    : { ...made, groups: [] };
}

/** Edges to everybody that a principal can create. Each way is evaluated separately. */
export function newEdges(by: Subject, subjects: readonly Subject[], account: Account): readonly Edge[] {
  const { snapshot } = account;
  if (by.kind === 'outside') return [];
  const own = new Set([...snapshot.users, ...snapshot.roles].map(({ arn }) => arn));
  // the created principal; what it then makes of itself follows under the same name
  const isFirst = (to: number, { arn }: Subject): boolean =>
    subjects.findIndex((one) => one.arn === arn) === to;
  const made = [...subjects.entries()].filter(
    ([to, one]) => one.kind !== 'outside' && !own.has(one.arn) && isFirst(to, one),
  );
  return WAYS.flatMap(([kind, ...actions]) =>
    made
      .filter(([, one]) => one.kind === kind.toLowerCase())
      .flatMap(([to, one]) => edgeTo(by, one, to, [`iam:Create${kind}`, ...actions], account)),
  );
}

function edgeTo(
  by: Subject,
  one: Subject,
  to: number,
  actions: readonly string[],
  account: Account,
): readonly Edge[] {
  const boundary = one.layers.permissionsBoundary?.name ?? null;
  const target = { arn: one.arn, tags: [], context: { 'iam:PermissionsBoundary': boundary } };
  const asked = actions.map((action) =>
    ask(account, { subject: by, row: { action, on: 'any' }, target, region: '' }),
  );
  const all = asked.reduce<Formula>((open, combined) => and(open, openOf(combined)), true);
  const given = restingOn(all, [], by.given);
  const taken = one.kind === 'role' && given.open !== false ? takenBy(by, one, account) : SURELY;
  const open = and(given.open, taken.open);
  if (open === false) return [];
  const codes = mergedCodes(given.codes, taken.codes);
  const grants = requestGrants(asked).filter(({ policy }) => policy !== 'any policy');
  const session = one.kind === 'role' ? ({ assumes: true, runAs: ['*'] } as const) : {};
  return [{ to: [to], by: actions[0] as string, steps: [one.arn], open, codes, grants, ...session }];
}

/** A trust policy that admits its creator. */
function takenBy(by: Subject, one: Subject, { snapshot }: Account): Resting {
  const role = identityOf(one, snapshot) as Role;
  const document = {
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { AWS: by.arn }, Action: 'sts:AssumeRole' },
  };
  const record = { id: role.trust, name: 'trust', kind: 'trust', document, problems: [] } as const;
  const trust = new NaiveTrust({
    ...snapshot,
    roles: [...snapshot.roles, role],
    policies: [...snapshot.policies, record],
  });
  return trust.byInsider(identityOf(by, snapshot), by.layers, role, by.ownTags ?? new Set());
}
