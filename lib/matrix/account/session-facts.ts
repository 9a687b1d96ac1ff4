import { allowsSome, type CompiledPolicy } from '../../evaluator/compile.ts';
import type { KeyState } from '../../evaluator/context.ts';
import { remembered } from '../../memory/remembered.ts';
import { allowedPrincipals } from '../../policy/allowed-principals.ts';
import type { PrincipalElement } from '../../policy/principal.ts';
import { isNeverOfIdentities, type SessionSource, sessionSource } from '../../reference/session-keys.ts';
import type { Role } from '../../snapshot/snapshot.ts';
import { type SourceIdentity, sourceIdentityOf } from './source-identity.ts';

/** The known condition keys of a principal's credentials. Equal facts are the same object. */
export interface SessionFacts {
  /** equal for equal facts */
  readonly id: string;
  /** undefined: not known, or not such a key */
  readonly state: (key: string) => KeyState;
  /** whether it has a source identity */
  readonly sourceIdentity: SourceIdentity['has'];
  /** the key of a tag that all its sessions pass on to further sessions, unless that is switched off; null: none */
  readonly carries: string | null;
}

/**
 * EKS sets six transitive tags in the sessions of pods, unless the association switches them off. This is one of
 * them.
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
 */
const TAG_OF_PODS = 'aws:PrincipalTag/kubernetes-namespace';

/**
 * True if only `pods.eks.amazonaws.com` may assume the role. If the trust policy denies tags, pods get sessions
 * without them.
 */
const isOfPods = (sources: ReadonlySet<string> | null, trust: CompiledPolicy | undefined): boolean =>
  sources?.size === 1 && sources.has('pods') && trust !== undefined && allowsSome(trust, 'sts:TagSession');

/** True if a key (canonical) is about the credentials of a request. */
export function isSessionKey(key: string): boolean {
  return (
    key === 'aws:tokenissuetime' ||
    key === SOURCE_IDENTITY ||
    key.startsWith('aws:multifactorauth') ||
    isNeverOfIdentities(key) ||
    sessionSource(key) !== null
  );
}

/** An access key of a user, or a session of it: no service or identity provider creates one. */
export const OF_USER: SessionFacts = factsOf('user', () => false, {
  mayHaveMfa: true,
  sourceIdentity: 'never',
});

/** For a principal from outside: nothing is known. */
export const OF_OUTSIDER: SessionFacts = factsOf('outsider', () => true, {
  mayHaveMfa: true,
  sourceIdentity: 'maybe',
});

/** The issue time exists, and its value is not known. */
const TOKEN: KeyState = { values: [], symbol: 'token' };

const known = new Map<string, SessionFacts>();

/** For a role: its trust policy decides who may start its sessions. `mayHaveMfa`: started with MFA. */
export function factsOfRole(
  role: Role,
  trust: CompiledPolicy | undefined,
  mayHaveMfa: boolean,
): SessionFacts {
  const sources = sourcesOf(role, trust);
  const { has, given } = sourceIdentityOf(trust);
  const identity = [has, ...given.map((atom) => atom.id)].join(' ');
  const carries = isOfPods(sources, trust) ? TAG_OF_PODS : null;
  const from = sources === null ? 'any' : [...sources].sort().join();
  const id = `${from} ${mayHaveMfa} ${identity} ${carries ?? ''}`;
  return remembered(known, id, () =>
    sessionOf(
      factsOf(`role ${id}`, (source) => sources?.has(source) ?? true, {
        mayHaveMfa,
        sourceIdentity: has,
        symbol: identity,
        carries,
      }),
    ),
  );
}

interface Brought {
  readonly mayHaveMfa: boolean;
  readonly sourceIdentity: SourceIdentity['has'];
  /** the symbol differs if the facts differ */
  readonly symbol?: string;
  readonly carries?: string | null;
}

export const SOURCE_IDENTITY = 'aws:sourceidentity';

function identityState(has: SourceIdentity['has'], symbol: string): KeyState {
  if (has === 'always') return { values: [], symbol: `source identity ${symbol}` };
  return has === 'never' ? null : undefined;
}

function factsOf(
  id: string,
  comesFrom: (source: SessionSource) => boolean,
  { mayHaveMfa, sourceIdentity, symbol = '', carries = null }: Brought,
): SessionFacts {
  const identity = identityState(sourceIdentity, symbol);
  const state = (key: string): KeyState => {
    if (isNeverOfIdentities(key)) return null;
    if (key === SOURCE_IDENTITY) return identity;
    if (isMfaKey(key)) return mayHaveMfa ? undefined : WITHOUT_MFA.get(key);
    const source = sessionSource(key);
    return source === null || comesFrom(source) ? undefined : null;
  };
  return { id, state, sourceIdentity, carries };
}

/** Credentials that certainly belong to a session. */
function sessionOf(facts: SessionFacts): SessionFacts {
  return { ...facts, state: (key) => (key === 'aws:tokenissuetime' ? TOKEN : facts.state(key)) };
}

/**
 * One page says that temporary credentials without MFA have the key with the value false; another that
 * federated identities do not have it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent
 */
const NO_MFA: KeyState = { values: ['false'], orAbsent: 'mfa-of-a-service-session' };

const WITHOUT_MFA: ReadonlyMap<string, KeyState> = new Map([
  ['aws:multifactorauthpresent', NO_MFA],
  ['aws:multifactorauthage', null],
]);

/** True for a key (canonical) that tells of MFA. */
export const isMfaKey = (key: string): boolean => WITHOUT_MFA.has(key);

/** The facts of a session whose caller decides whether it has a source identity, and which. */
export const choosingSourceIdentity = (facts: SessionFacts): SessionFacts =>
  choosing(facts, 'source identity', (key) => key === SOURCE_IDENTITY, 'maybe');

/** The facts of a session whose caller decides whether to start it with MFA. */
export const choosingMfa = (facts: SessionFacts): SessionFacts => choosing(facts, 'MFA', isMfaKey);

function choosing(
  facts: SessionFacts,
  what: string,
  isChosen: (key: string) => boolean,
  sourceIdentity: SourceIdentity['has'] = facts.sourceIdentity,
): SessionFacts {
  const id = `${facts.id} choosing ${what}`;
  const state = (key: string): KeyState => (isChosen(key) ? undefined : facts.state(key));
  return remembered(known, id, () => ({ ...facts, id, state, sourceIdentity }));
}

type Source = SessionSource | 'aws';

/** The kinds of callers in the trust policy; null: anybody. */
function sourcesOf(role: Role, trust: CompiledPolicy | undefined): ReadonlySet<Source> | null {
  if (!trust || trust.document.malformed) return null;
  const letIn = allowedPrincipals(trust.document.statements);
  if (letIn.some(({ any }) => any)) return null;
  const sources = new Set<Source>(letIn.flatMap(namedBy));
  if (role.path.startsWith('/aws-reserved/sso.amazonaws.com/')) sources.add('identity-center');
  return sources;
}

function namedBy({ aws, service, federated }: PrincipalElement): readonly Source[] {
  return [
    ...(aws.length > 0 ? (['aws'] as const) : []),
    ...service.map((name) => name.split('.')[0] as SessionSource),
    ...federated.map(kindOfProvider),
  ];
}

function kindOfProvider(provider: string): SessionSource {
  return provider.includes(':saml-provider/') ? 'saml' : 'web-identity';
}
