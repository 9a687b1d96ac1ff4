import type { Requester } from './request.ts';

/**
 * What naming a caller gives it inside one account: `direct` is limited by no implicit deny, `limited` by boundary
 * and session policy, and `account` leaves the decision to the identity policies of that account.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
export type Grant = 'direct' | 'limited' | 'account';

type Entry = readonly [kind: string, value: string];

function entriesOf(principal: unknown): Entry[] {
  if (typeof principal === 'string') return [['AWS', principal]];
  return Object.entries(principal as Record<string, string | string[]>).flatMap(([kind, values]) =>
    [values].flat().map((value): Entry => [kind, value]),
  );
}

function lastName(arn: string): string {
  return arn.split('/').at(-1) ?? '';
}

/** An ARN of the caller itself, or of what its session was created from. */
function grantOfArn(value: string, requester: Requester): Grant | null {
  const { kind, name, account, plainName } = requester;
  if (value === name) return kind === 'role' ? 'limited' : 'direct';
  // a role makes requests as a session of it, and a policy may name one session
  if (
    kind === 'role' &&
    value === `arn:aws:sts::${account}:assumed-role/${plainName}/${requester.sessionName}`
  )
    return 'direct';
  if (!value.startsWith(`arn:aws:iam::${account}:`)) return null;
  const isRole = value.includes(':role/');
  if (kind === 'session' && isRole && lastName(value) === plainName) return 'limited';
  // the line does not say which user requested the federated session: the one with the same name is assumed
  if (kind === 'federated' && value.includes(':user/') && lastName(value) === plainName) return 'limited';
  return null;
}

function grantOfId(id: string, requester: Requester): Grant | null {
  if (requester.id !== id) return null;
  return id.startsWith('AIDA') && requester.kind === 'user' ? 'direct' : 'limited';
}

function grantOfEntry([kind, value]: Entry, requester: Requester): Grant | null {
  if (kind === 'Service') return requester.kind === 'service' && value === requester.name ? 'direct' : null;
  if (kind !== 'AWS') return null;
  if (value === '*') return 'direct';
  if (requester.kind === 'service') return null;
  if (value === requester.account || value === `arn:aws:iam::${requester.account}:root`)
    return requester.kind === 'root' ? 'direct' : 'account';
  return /^A(IDA|ROA)[A-Z0-9]+$/.test(value) ? grantOfId(value, requester) : grantOfArn(value, requester);
}

/** NotPrincipal (with Deny): applies to everybody who is not listed with account and, for a session, with the role. */
function notPrincipalApplies(listed: readonly Entry[], requester: Requester, hasBoundary: boolean): boolean {
  if (hasBoundary) return true;
  return !listed.some((entry) => {
    const grant = grantOfEntry(entry, requester);
    return grant === 'direct' || (grant === 'limited' && requester.kind === 'role');
  });
}

/** How a statement of a resource policy names the caller; null if it does not. */
export function grantOf(
  statement: { readonly [member: string]: unknown },
  requester: Requester,
  hasBoundary: boolean,
): Grant | null {
  if (statement.NotPrincipal !== undefined && statement.Effect === 'Allow') return null;
  if (statement.NotPrincipal !== undefined)
    return notPrincipalApplies(entriesOf(statement.NotPrincipal), requester, hasBoundary) ? 'direct' : null;
  if (statement.Principal === undefined) return null;
  const grants = entriesOf(statement.Principal).map((entry) => grantOfEntry(entry, requester));
  return (
    grants.find((g) => g === 'direct') ?? grants.find((g) => g === 'limited') ?? grants.find((g) => g) ?? null
  );
}
