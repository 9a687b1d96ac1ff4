import { type CompiledPolicy, compilePolicy } from '../../lib/evaluator/compile.ts';
import type { KeyState } from '../../lib/evaluator/context.ts';
import type { Principal } from '../../lib/evaluator/principal.ts';
import { parsePolicy } from '../../lib/policy/document.ts';
import type { Role, Snapshot, Tags, User } from '../../lib/snapshot/snapshot.ts';
import { type Bag, bringsNaively, isOfTags, stateIn } from './naive-session-tags.ts';
import { canHaveIdentity, canLackIdentity } from './naive-source-identity.ts';

/** The caller of a request for a role: a principal of the account, or one from outside, of which little is known. */
export type Asker =
  | {
      readonly identity: User | Role;
      readonly principal: Principal;
      readonly trust: CompiledPolicy | null;
      /** in lower case: tags that it sets to any value */
      readonly ownTags: ReadonlySet<string>;
    }
  | {
      readonly identity: null;
      readonly principal: Principal;
      /** null: absent */
      readonly known: ReadonlyMap<string, string | null>;
    };

/** What a caller adds to a session. Each addition needs a further permission. */
export interface Brought {
  readonly tags: boolean;
  readonly sourceIdentity: boolean;
  /** exactly these tags, with unknown values if empty */
  readonly bag?: Bag;
}

const brought = ({ brought: { sourceIdentity } }: Call): boolean => sourceIdentity;

/** an assertion sets it */
const isSaid = (key: string, asker: Asker): boolean =>
  !asker.identity && asker.known.has('aws:federatedprovider') && key.startsWith('saml:');

interface Call {
  readonly region: string;
  readonly brought: Brought;
  readonly snapshot: Snapshot;
}

const is = (value: string): KeyState => ({ values: [value] });

/** The condition keys of one `sts:AssumeRole`, from AWS's pages. */
export function keysOf(asker: Asker, role: Role, call: Call): (key: string) => KeyState {
  return (asked) => {
    const isKept = asker.identity && asker.trust && !canLackIdentity(asker.trust) && brought(call);
    const key = isKept && asked === 'sts:sourceidentity' ? 'aws:sourceidentity' : asked;
    const ofCall = callKey(key, role, call);
    if (ofCall !== 'another') return ofCall;
    const ofCaller = asker.identity ? insiderKey(key, asker, call.snapshot) : outsiderKey(key, asker.known);
    if (ofCaller !== 'another') return ofCaller;
    return key.startsWith('aws:') || !key.includes(':') || isSaid(key, asker) ? undefined : null;
  };
}

function callKey(key: string, role: Role, { region, brought, snapshot }: Call): KeyState | 'another' {
  const [prefix, tag = ''] = [key.slice(0, key.indexOf('/')), key.slice(key.indexOf('/') + 1)];
  if (prefix === 'aws:resourcetag') return tagState(role.tags, tag);
  if (brought.bag && isOfTags(key)) return stateIn(brought.bag, key);
  if (prefix === 'aws:requesttag') return brought.tags && !tag.startsWith('aws:') ? undefined : null;
  switch (key) {
    case 'aws:requestedregion':
      return is(region);
    case 'aws:resourceaccount':
      return is(snapshot.accountId);
    case 'aws:resourceorgid':
      return snapshot.organization ? organizationId(snapshot) : undefined;
    case 'aws:tagkeys':
    case 'sts:transitivetagkeys':
      return brought.tags ? undefined : null;
    case 'sts:sourceidentity':
      return brought.sourceIdentity ? undefined : null;
    case 'sts:externalid':
    case 'sts:rolesessionname':
      return undefined;
    default:
      return 'another';
  }
}

function organizationId({ organization }: Snapshot): KeyState {
  if (!organization) return undefined;
  if (organization.levels.length === 0) return null;
  return organization.id === undefined ? { values: [], symbol: 'organization' } : is(organization.id);
}

type Insider = Extract<Asker, { readonly identity: User | Role }>;

function insiderKey(key: string, asker: Insider, snapshot: Snapshot): KeyState | 'another' {
  const { identity, trust, ownTags } = asker;
  const isRole = 'trust' in identity;
  if (key.startsWith('aws:principaltag/')) {
    const tag = key.slice('aws:principaltag/'.length);
    if (ownTags.has(tag)) return undefined;
    if (isRole && trust && bringsNaively(trust, tag)) return undefined;
    const own = identity.tags.filter((one) => one.key.toLowerCase() === tag).at(-1);
    return own ? is(own.value) : null;
  }
  const own = identityKeys(asker, snapshot);
  if (key in own) return own[key];
  if (key.startsWith('aws:multifactorauth') && isRole && !canHaveMfa(identity, snapshot, []))
    return key === 'aws:multifactorauthage' ? null : NO_MFA;
  return credentialKey(key, isRole ? sourcesOf(trust) : new Set(['aws']));
}

function identityState(isRole: boolean, trust: CompiledPolicy | null): KeyState {
  if (!isRole || (trust && !trust.document.malformed && !canHaveIdentity(trust))) return null;
  if (!trust || canLackIdentity(trust)) return undefined;
  return { values: [], symbol: 'source identity' };
}

function identityKeys({ identity, principal, trust }: Insider, snapshot: Snapshot): Record<string, KeyState> {
  const isRole = 'trust' in identity;
  return {
    'aws:principalarn': is(identity.arn),
    'aws:principalaccount': is(snapshot.accountId),
    'aws:principaltype': is(isRole ? 'AssumedRole' : 'User'),
    'aws:principalisawsservice': is('false'),
    'aws:principalorgid': snapshot.organization ? organizationId(snapshot) : undefined,
    'aws:sourceidentity': identityState(isRole, trust),
    'aws:username': isRole ? null : is(principal.name),
    'aws:userid': isRole ? undefined : is(identity.id),
    'aws:tokenissuetime': isRole ? { values: [], symbol: 'token' } : undefined,
  };
}

const NO_MFA: KeyState = { values: ['false'], orAbsent: 'mfa-of-a-service-session' };

/** True if some chain to the role begins with a caller who may have an MFA device. */
function canHaveMfa(role: Role, snapshot: Snapshot, before: readonly Role[]): boolean {
  const document = snapshot.policies.find(({ id }) => id === role.trust)?.document;
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return true;
  const trust = compilePolicy(parsePolicy(document, 'trust'), role.trust, 'trust');
  if (trust.document.malformed) return true;
  const letIn = trust.document.statements.flatMap(({ effect, principals }) =>
    effect === 'Allow' && principals ? [principals] : [],
  );
  if (letIn.some(({ any, not }) => any || not)) return true;
  return letIn
    .flatMap(({ aws }) => aws)
    .some((entry) => {
      const taker = snapshot.roles.find(
        ({ arn, id, name }) => entry === arn || entry === id || entry.includes(`:assumed-role/${name}/`),
      );
      if (!taker) return true;
      return !before.includes(taker) && taker !== role && canHaveMfa(taker, snapshot, [...before, role]);
    });
}

/** Keys that a session gets from its issuer; null: anybody may be the issuer. */
function credentialKey(key: string, sources: ReadonlySet<string> | null): KeyState | 'another' {
  const comesFrom = (source: string): KeyState => (!sources || sources.has(source) ? undefined : null);
  switch (key) {
    case 'aws:multifactorauthpresent':
      return !sources || sources.has('aws') ? undefined : NO_MFA;
    case 'aws:multifactorauthage':
      return comesFrom('aws');
    case 'ec2:sourceinstancearn':
    case 'ec2:roledelivery':
      return comesFrom('ec2');
    case 'lambda:sourcefunctionarn':
      return comesFrom('lambda');
    case 'aws:sourcearn':
    case 'aws:sourceaccount':
      return null;
    default:
      return 'another';
  }
}

/** The callers that the Allows of a trust policy name. */
function sourcesOf(trust: CompiledPolicy | null): ReadonlySet<string> | null {
  if (!trust || trust.document.malformed) return null;
  const sources = new Set<string>();
  for (const { effect, principals } of trust.document.statements) {
    if (effect !== 'Allow' || !principals || principals.not) continue;
    if (principals.any) return null;
    if (principals.aws.length > 0) sources.add('aws');
    for (const service of principals.service) sources.add(service.split('.')[0] as string);
  }
  return sources;
}

function outsiderKey(key: string, known: ReadonlyMap<string, string | null>): KeyState | 'another' {
  const value = known.get(key);
  if (value !== undefined) return value === null ? null : is(value);
  if (key.startsWith('aws:principaltag/aws:')) return null;
  // keys that an identity provider sets for those who sign in
  if (key.slice(0, key.lastIndexOf(':')).includes('.')) return undefined;
  switch (key) {
    case 'aws:principalisawsservice':
      return is('false');
    case 'aws:username':
      return ['AssumedRole', 'FederatedUser'].includes(known.get('aws:principaltype') ?? '')
        ? null
        : 'another';
    case 'aws:sourcearn':
    case 'aws:sourceaccount':
      return null;
    case 'ec2:sourceinstancearn':
    case 'ec2:roledelivery':
    case 'lambda:sourcefunctionarn':
      return undefined;
    default:
      return 'another';
  }
}

function tagState(tags: Tags, key: string): KeyState {
  const alike = tags.filter((tag) => tag.key.toLowerCase() === key);
  const [first, second] = alike;
  if (!first) return null;
  return second ? { values: [first.value], otherCase: second.value } : { values: [first.value] };
}
