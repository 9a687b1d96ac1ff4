import { parseArn } from '../policy/arn.ts';
import type { PrincipalElement } from '../policy/principal.ts';

/** The caller of a request. `account` is empty for a service. */
export interface Principal {
  readonly kind: 'user' | 'role' | 'session' | 'federated-user' | 'root' | 'service' | 'provider';
  /** as given */
  readonly arn: string;
  readonly account: string;
  readonly partition: string;
  /** user, role or service name without its path */
  readonly name: string;
  /** path and name: `ops/alice` */
  readonly pathName: string;
  /** of a role session */
  readonly sessionName: string | null;
  /** `AIDA…` or `AROA…`, where known */
  readonly id: string | null;
}

/** The principal of a request, or null if the text is not one. */
export function parsePrincipalArn(text: string, id: string | null = null): Principal | null {
  const arn = parseArn(text);
  if (!arn || !/^\d{12}$/.test(arn.account)) return null;
  const [type, ...path] = arn.resource.split('/');
  const rest = path.join('/');
  const base = { arn: text, account: arn.account, partition: arn.partition, id, sessionName: null };
  const name = rest.slice(rest.lastIndexOf('/') + 1);
  if (type === 'root' && rest === '' && arn.service === 'iam')
    return { ...base, kind: 'root', name: 'root', pathName: 'root' };
  if (name === '') return null;
  switch (`${arn.service} ${type}`) {
    case 'iam user':
      return { ...base, kind: 'user', name, pathName: rest };
    case 'iam role':
      return { ...base, kind: 'role', name, pathName: rest };
    case 'iam saml-provider':
    case 'iam oidc-provider':
      return { ...base, kind: 'provider', name, pathName: rest };
    case 'sts federated-user':
      return { ...base, kind: 'federated-user', name: rest, pathName: rest };
    case 'sts assumed-role':
      return rest.includes('/')
        ? {
            ...base,
            kind: 'session',
            name: rest.slice(0, rest.indexOf('/')),
            pathName: rest.slice(0, rest.indexOf('/')),
            sessionName: name,
          }
        : null;
    default:
      return null;
  }
}

export function servicePrincipal(name: string): Principal {
  return {
    kind: 'service',
    arn: name,
    account: '',
    partition: 'aws',
    name,
    pathName: name,
    sessionName: null,
    id: null,
  };
}

/** Service control policies and resource control policies do not apply to service-linked roles. */
export function isServiceLinked(principal: Principal): boolean {
  if (principal.kind === 'role') return principal.pathName.startsWith('aws-service-role/');
  return principal.kind === 'session' && principal.name.startsWith('AWSServiceRoleFor');
}

/**
 * How an entry names the principal. This decides which other layers limit a grant of a resource policy:
 * `everyone`, `account`, or the principal itself, as a user, a role, or a session.
 */
export type NamedAs = 'everyone' | 'account' | 'user' | 'role' | 'session' | 'service';

/**
 * The ways in which a Principal element names the principal; empty: not at all.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function namesOf(element: PrincipalElement, principal: Principal): ReadonlySet<NamedAs> {
  const names = new Set<NamedAs>();
  if (element.any) names.add('everyone');
  if (principal.kind === 'service') {
    if (element.service.includes(principal.name)) names.add('service');
    return names;
  }
  if (principal.kind === 'provider') {
    if (element.federated.includes(principal.arn) || element.federated.includes(principal.pathName))
      names.add('service');
    return names;
  }
  for (const entry of element.aws) {
    const named = namedBy(entry, principal);
    if (named) names.add(named);
  }
  return names;
}

function namedBy(entry: string, principal: Principal): NamedAs | null {
  if (entry === principal.account) return 'account';
  if (/^A(IDA|ROA)[A-Z0-9]+$/.test(entry)) {
    if (principal.id !== entry) return null;
    return entry.startsWith('AIDA') ? 'user' : 'role';
  }
  const other = parsePrincipalArn(entry);
  if (!other || other.account !== principal.account || other.partition !== principal.partition) return null;
  return isSame(other, principal) ? (NAMED_BY[other.kind] ?? 'session') : null;
}

/** What an ARN of this kind names; one of any other kind names a session. */
const NAMED_BY: { readonly [kind in Principal['kind']]?: NamedAs } = {
  root: 'account',
  user: 'user',
  role: 'role',
};

/** True if an entry for a principal of the same account names this principal. */
function isSame(entry: Principal, principal: Principal): boolean {
  switch (entry.kind) {
    case 'root':
      return true;
    case 'user':
      return isSameUser(entry, principal);
    case 'role':
      return isSameRole(entry, principal);
    default:
      return entry.arn === principal.arn;
  }
}

/**
 * Sessions have no other names, so an entry with a wildcard matches nobody.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;

/**
 * The session names for which an element names single sessions of a role:
 * `arn:aws:sts::<account>:assumed-role/R/S` has the role's name without its path.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-role-session
 */
export function sessionsOf(element: PrincipalElement, principal: Principal): readonly string[] {
  if (principal.kind !== 'role') return [];
  const entries = element.aws.filter((entry) => entry.includes(':assumed-role/'));
  // nearly all name none, and all are checked for each principal
  if (entries.length === 0) return entries;
  return entries
    .map((entry) => parsePrincipalArn(entry))
    .filter((other) => other?.kind === 'session' && isSessionOf(other, principal))
    .flatMap((other) => other?.sessionName ?? [])
    .filter((name) => SESSION_NAME.test(name));
}

function isSessionOf(session: Principal, role: Principal): boolean {
  return (
    session.name === role.name && session.account === role.account && session.partition === role.partition
  );
}

/** A federated user's session does not show its IAM user: the user of the same name is assumed. */
function isSameUser(entry: Principal, principal: Principal): boolean {
  if (principal.kind === 'user') return entry.pathName === principal.pathName;
  return principal.kind === 'federated-user' && principal.name === entry.name;
}

/**
 * A session's ARN does not contain the role's path, so sessions are matched by name, which is unique in an
 * account.
 */
function isSameRole(entry: Principal, principal: Principal): boolean {
  if (principal.kind === 'role') return entry.pathName === principal.pathName;
  return principal.kind === 'session' && entry.name === principal.name;
}

/**
 * NotPrincipal exempts a principal only if it lists the account, and for a session also the role and the
 * session. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
export function isSpared(element: PrincipalElement, principal: Principal): boolean {
  const names = namesOf(element, principal);
  if (names.has('everyone') || names.has('service')) return true;
  if (!names.has('account')) return false;
  switch (principal.kind) {
    case 'root':
      return true;
    case 'user':
      return names.has('user');
    case 'role':
      return names.has('role');
    case 'session':
      return names.has('role') && names.has('session');
    default:
      return names.has('session');
  }
}
