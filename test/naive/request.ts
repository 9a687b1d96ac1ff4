/** A simulate line, parsed: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html */
export interface Case {
  readonly id?: string;
  readonly principal: string | { readonly service: string };
  readonly action: string;
  readonly resource: string;
  readonly resourceAccount?: string;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly contextIsComplete?: boolean;
  readonly identityPolicies?: readonly unknown[];
  readonly permissionsBoundary?: unknown;
  readonly serviceControlPolicies?: readonly (readonly unknown[])[];
  readonly resourceControlPolicies?: readonly (readonly unknown[])[];
  readonly sessionPolicies?: readonly unknown[];
  readonly resourcePolicy?: unknown;
}

/** Keys in lower case; a list has several values, an empty list none; a missing key is absent. */
export type Context = ReadonlyMap<string, readonly string[]>;

export type PrincipalKind = 'user' | 'role' | 'session' | 'federated' | 'root' | 'service';

export interface Requester {
  readonly kind: PrincipalKind;
  /** The ARN as given, or the name of a service. */
  readonly name: string;
  readonly account: string | null;
  /** Role name or user name. */
  readonly plainName: string;
  /** `AIDA…` or `AROA…`, if the line gives `aws:userid`. */
  readonly id?: string;
  /** The session of a role, if `aws:userid` is given, whose end it is. */
  readonly sessionName?: string;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html: a principal by its unique id */
export function withId(requester: Requester, context: Case['context']): Requester {
  const userId = Object.entries(context ?? {}).find(([key]) => key.toLowerCase() === 'aws:userid')?.[1];
  if (typeof userId !== 'string') return requester;
  const [id = '', sessionName = ''] = userId.split(':');
  return { ...requester, id, sessionName };
}

const KINDS: Readonly<Record<string, PrincipalKind>> = {
  user: 'user',
  role: 'role',
  'assumed-role': 'session',
  'federated-user': 'federated',
  root: 'root',
};

export function requesterOf(principal: Case['principal']): Requester {
  if (typeof principal !== 'string')
    return { kind: 'service', name: principal.service, account: null, plainName: principal.service };
  const [, , , , account = '', rest = ''] = principal.split(':');
  const parts = rest.split('/');
  const kind = KINDS[parts[0] ?? ''];
  if (!kind) throw new Error(`no principal: ${principal}`);
  const plainName = (kind === 'session' ? parts[1] : parts.at(-1)) ?? '';
  return { kind, name: principal, account, plainName };
}

/** `aws` in the ARN of an AWS managed policy is no account: every account sees it as its own. */
export function accountOfResource(request: Case, requester: Requester): string | null {
  const named = request.resource.split(':')[4] ?? '';
  return request.resourceAccount ?? (/^\d{12}$/.test(named) ? named : requester.account);
}

const TYPES: Readonly<Record<PrincipalKind, string>> = {
  user: 'User',
  role: 'AssumedRole',
  session: 'AssumedRole',
  federated: 'FederatedUser',
  root: 'Account',
  service: '',
};

/**
 * Keys that AWS derives from the caller.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
function principalKeys(requester: Requester): Map<string, string[]> {
  const keys = new Map<string, string[]>();
  keys.set('aws:principalisawsservice', [String(requester.kind === 'service')]);
  if (requester.kind === 'service') {
    keys.set('aws:principalservicename', [requester.name]);
    return keys;
  }
  const role = `arn:aws:iam::${requester.account}:role/${requester.plainName}`;
  keys.set('aws:principalarn', [requester.kind === 'session' ? role : requester.name]);
  keys.set('aws:principalaccount', [requester.account ?? '']);
  keys.set('aws:principaltype', [TYPES[requester.kind]]);
  if (requester.kind === 'user') keys.set('aws:username', [requester.plainName]);
  return keys;
}

function valuesOf(value: unknown): string[] {
  if (value === null || value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}

/** The names of one resource tag for an action. */
function tagPrefixes(action: string, resource: string): string[] {
  const service = action.split(':')[0]?.toLowerCase();
  const [kind = ''] = (resource.split(':')[5] ?? '').split('/');
  // IAM's own name of the tag is for users and roles
  if (service === 'iam' && resource !== '*' && !['user', 'role'].includes(kind)) return ['aws:resourcetag/'];
  if (service === 'ec2' || service === 'ec2-instance-connect')
    return ['aws:resourcetag/', 'ec2:resourcetag/'];
  if (service === 'ssm') return ['aws:resourcetag/', 'ssm:resourcetag/'];
  if (service === 'iam' || service === 'sts') return ['aws:resourcetag/', 'iam:resourcetag/'];
  return ['aws:resourcetag/'];
}

export function contextOf(request: Case): Context {
  const requester = requesterOf(request.principal);
  const context = principalKeys(requester);
  const prefixes = tagPrefixes(request.action, request.resource);
  for (const [name, value] of Object.entries(request.context ?? {})) {
    const key = name.toLowerCase();
    const prefix = prefixes.find((candidate) => key.startsWith(candidate));
    const names = prefix ? prefixes.map((other) => other + key.slice(prefix.length)) : [key];
    for (const each of names) context.set(each, valuesOf(value));
  }
  return context;
}
