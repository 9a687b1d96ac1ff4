import { parsePrincipalArn } from '../../evaluator/principal.ts';
import { allowedPrincipals } from '../../policy/allowed-principals.ts';
import type { PrincipalElement } from '../../policy/principal.ts';
import type { Statement } from '../../policy/statement.ts';
import type { Role } from '../../snapshot/snapshot.ts';
import type { PrincipalKind } from '../paths/cell.ts';

export interface ExplainedKind {
  readonly kind: PrincipalKind;
  readonly because: string;
}

/** The facts that decide the kind of a principal. */
export interface KindFacts {
  readonly role: (arn: string) => Role | undefined;
  /** by name, which is unique in an account whatever the path */
  readonly roleNamed: (name: string) => Role | undefined;
  /** the statements of a role's trust policy; null: they cannot be read */
  readonly trust: (role: Role) => readonly Statement[] | null;
}

const OUTSIDE: ExplainedKind = { kind: 'outside', because: 'it belongs to no one in the account' };
const USER: ExplainedKind = { kind: 'person', because: 'it is an IAM user' };
const UNREAD: ExplainedKind = { kind: 'person', because: 'its trust policy cannot be read' };
const MACHINE: ExplainedKind = {
  kind: 'machine',
  because: 'only services, workloads and roles of machines may take it',
};

/** The kinds of roles, by path and by the principals in the trust policy. The first matching row counts. */
const ROLES: readonly {
  readonly kind: PrincipalKind;
  readonly because: string;
  readonly path?: string;
  readonly names?: (entry: Entry, isPerson: (arn: string) => boolean) => boolean;
}[] = [
  {
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
    kind: 'aws',
    because: 'it is a service-linked role, which only its service may take',
    path: '/aws-service-role/',
  },
  {
    // https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
    kind: 'person',
    because: 'people take it through Identity Center',
    path: '/aws-reserved/sso.amazonaws.com/',
  },
  {
    kind: 'person',
    because: 'people take it through SAML',
    names: ({ type, value }) => type === 'federated' && value.includes(':saml-provider/'),
  },
  {
    kind: 'person',
    because: 'people take it through account access of Identity Center',
    names: ({ type, value }) => type === 'service' && value === 'account-access.amazonaws.com',
  },
  { kind: 'person', because: 'everybody may take it', names: ({ type }) => type === 'any' },
  {
    kind: 'person',
    because: 'users may take it',
    names: ({ type, value }) =>
      type === 'aws' && (/^\d{12}$/.test(value) || /^arn:[^:]*:iam::\d{12}:(root$|user\/)/.test(value)),
  },
  {
    kind: 'person',
    because: "a person's role may take it",
    names: ({ type, value }, isPerson) => type === 'aws' && isPerson(value),
  },
];

/** One principal that an Allow of a trust policy names. */
interface Entry {
  readonly type: 'any' | 'aws' | 'service' | 'federated';
  readonly value: string;
}

/** The kind of a principal, and the reason. `is`: its type in the matrix. */
export function principalKind(arn: string, is: 'user' | 'role' | 'outside', known: KindFacts): ExplainedKind {
  if (is === 'outside') return OUTSIDE;
  if (is === 'user') return USER;
  return known.role(arn) ? roleKind(arn, known, new Set()) : goneRole(arn);
}

/** A role that was deleted: a change names it, and its ARN still has its path. */
function goneRole(arn: string): ExplainedKind {
  return ROLES.find(({ path }) => path !== undefined && arn.includes(`:role${path}`)) ?? UNREAD;
}

function roleKind(arn: string, known: KindFacts, asked: Set<string>): ExplainedKind {
  const role = known.role(arn);
  if (!role || asked.has(arn)) return MACHINE;
  asked.add(arn);
  const statements = known.trust(role);
  const entries = allowedPrincipals(statements ?? []).flatMap(entriesOf);
  const isPerson = (entry: string): boolean => {
    const named = parsePrincipalArn(entry);
    const other = named?.kind === 'session' ? known.roleNamed(named.name)?.arn : entry;
    return other !== undefined && roleKind(other, known, asked).kind === 'person';
  };
  const row = ROLES.find(
    ({ path, names }) =>
      (path !== undefined && role.path.startsWith(path)) || entries.some((entry) => names?.(entry, isPerson)),
  );
  if (row) return { kind: row.kind, because: row.because };
  return statements === null ? UNREAD : MACHINE;
}

function entriesOf({ any, aws, service, federated }: PrincipalElement): readonly Entry[] {
  const of = (type: Entry['type'], values: readonly string[]): readonly Entry[] =>
    values.map((value) => ({ type, value }));
  return [
    ...of('any', any ? ['*'] : []),
    ...of('aws', aws),
    ...of('service', service),
    ...of('federated', federated),
  ];
}
