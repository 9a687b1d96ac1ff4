import { type Context, canonicalKey, type KeyState, type KeyValue, WITHOUT_IAM_TAGS } from './context.ts';
import type { Principal } from './principal.ts';

/** The given condition keys of a request, and whether they are complete. */
export interface GivenContext {
  readonly principal: Principal;
  readonly action: string;
  /** an ARN, or `*` */
  readonly resource: string;
  /** text, numbers, true and false, or lists of these, by key */
  readonly given: Readonly<Record<string, unknown>>;
  /** true: a key that is not given is absent; false: it is unknown */
  readonly complete: boolean;
}

/**
 * No AWS request has a key with so many values (50 tags are the most); each is compared with every value of a
 * policy.
 */
const MAX_VALUES = 1000;
/** Characters in one value. */
const LONGEST = 12_000;

/**
 * The context of a request, with the keys that follow from the principal; an error text if a value cannot be
 * read.
 */
export function requestContext({
  principal,
  action,
  resource,
  given,
  complete,
}: GivenContext): Context | string {
  const service = spelling(action, resource);
  const states = new Map<string, KeyState>(principalKeys(principal));
  const spelled = new Map<string, string>();
  for (const [key, raw] of Object.entries(given)) {
    if (Array.isArray(raw) && raw.length > MAX_VALUES)
      return `\`${key}\` in \`context\` has more than ${MAX_VALUES} values`;
    const value = readValue(raw);
    if (value?.values.some((text) => text.length > LONGEST))
      return `a value of \`${key}\` in \`context\` has more than ${LONGEST} characters`;
    if (value === undefined)
      return `the value of \`${key}\` in \`context\` is not text, a number, true, false or a list of these`;
    const canonical = canonicalKey(key, service);
    const before = spelled.get(canonical);
    const earlier = states.get(canonical);
    states.set(
      canonical,
      before !== undefined && isOtherTag(before, key) && earlier && value
        ? { ...earlier, otherCase: value.values.join() }
        : value,
    );
    spelled.set(canonical, key);
  }
  const missing = complete ? null : undefined;
  return { service, anyValue: true, lookup: (key) => (states.has(key) ? states.get(key) : missing) };
}

/**
 * `iam:ResourceTag` is a key of users and roles; other resources of IAM have `aws:ResourceTag` only.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
 */
function spelling(action: string, resource: string): string {
  const service = action.slice(0, action.indexOf(':')).toLowerCase();
  if (service !== 'iam' || resource === '*') return service;
  const type = /^[^:]*:[^:]*:[^:]*:[^:]*:[^:]*:([^:/]*)/.exec(resource)?.[1];
  return type === 'user' || type === 'role' ? service : WITHOUT_IAM_TAGS;
}

/** The same tag key in another case; another spelling of the prefix is not a second tag. */
function isOtherTag(one: string, other: string): boolean {
  const tag = (key: string): string => key.slice(key.indexOf('/') + 1);
  return one.includes('/') && tag(one) !== tag(other);
}

function readValue(raw: unknown): KeyValue | null | undefined {
  if (raw === null) return null;
  const values: string[] = [];
  for (const value of Array.isArray(raw) ? raw : [raw]) {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      return undefined;
    values.push(String(value));
  }
  return { values };
}

/**
 * The keys that follow from the principal; `null` if it can never have them.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principal-properties
 */
export function principalKeys(principal: Principal): readonly (readonly [string, KeyState])[] {
  const isService = principal.kind === 'service';
  return [
    ['aws:principalarn', isService ? null : one(principalArn(principal))],
    ['aws:principalaccount', isService ? null : one(principal.account)],
    ['aws:principaltype', isService ? null : one(TYPES[principal.kind])],
    ['aws:principalisawsservice', one(String(isService))],
    ['aws:principalservicename', isService ? one(principal.name) : null],
    ['aws:username', principal.kind === 'user' ? one(principal.name) : null],
    ...userId(principal),
  ];
}

function one(value: string): KeyValue {
  return { values: [value] };
}

const TYPES: Readonly<Record<Exclude<Principal['kind'], 'service'>, string>> = {
  user: 'User',
  role: 'AssumedRole',
  session: 'AssumedRole',
  'federated-user': 'FederatedUser',
  root: 'Account',
  provider: 'FederatedUser',
};

/** `aws:PrincipalArn` of a session is the ARN of its role. */
function principalArn(principal: Principal): string {
  if (principal.kind !== 'session') return principal.arn;
  return `arn:${principal.partition}:iam::${principal.account}:role/${principal.pathName}`;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-infotouse */
function userId(principal: Principal): readonly (readonly [string, KeyState])[] {
  if (principal.kind === 'root') return [['aws:userid', one(principal.account)]];
  if (principal.kind === 'federated-user')
    return [['aws:userid', one(`${principal.account}:${principal.name}`)]];
  return [];
}
