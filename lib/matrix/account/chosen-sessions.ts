import { allowsSome, type CompiledPolicy } from '../../evaluator/compile.ts';
import { remembered } from '../../memory/remembered.ts';
import { type Account, policiesOf, type Subject } from './account.ts';
import { keysAskedBy } from './asks-for-key.ts';
import { isReservedTag } from './reserved-tags.ts';
import { choosingMfa, choosingSourceIdentity, isMfaKey, SOURCE_IDENTITY } from './session-facts.ts';
import { isSourceIdentityKey } from './source-identity.ts';

/*
 * Who may rewrite the trust policy of a role decides what its own sessions of that role carry: tags, a source identity,
 * and MFA if it is a user. https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html
 */

/** What a caller chooses for its session: `sts:AssumeRole` stands for MFA, which is a parameter of that call. */
export type SessionChoice = 'sts:TagSession' | 'sts:SetSourceIdentity' | 'sts:AssumeRole';

interface Choice {
  /** whether sessions under the role's present trust policy lack what a policy asks for by this key (lower case) */
  readonly isLacking: (key: string, role: Subject) => boolean;
  readonly choosing: (role: Subject) => Subject;
}

const PRINCIPAL_TAG = 'aws:principaltag/';

const CHOICES: ReadonlyMap<SessionChoice, Choice> = new Map<SessionChoice, Choice>([
  [
    'sts:TagSession',
    {
      isLacking: (key, { sessionTags }) => {
        const tag = key.startsWith(PRINCIPAL_TAG) ? key.slice(PRINCIPAL_TAG.length) : null;
        return tag !== null && !isReservedTag(tag) && !sessionTags(tag);
      },
      choosing: (role) => ({ ...role, sessionTags: (tag) => !isReservedTag(tag) }),
    },
  ],
  [
    'sts:SetSourceIdentity',
    {
      isLacking: (key, { session }) => key === SOURCE_IDENTITY && session.sourceIdentity !== 'maybe',
      choosing: (role) => ({
        ...role,
        session: choosingSourceIdentity(role.session),
        given: role.given.filter(({ canonical }) => !isSourceIdentityKey(canonical)),
      }),
    },
  ],
  [
    'sts:AssumeRole',
    {
      isLacking: (key, { session }) => isMfaKey(key) && session.state(key) !== undefined,
      choosing: (role) => ({ ...role, session: choosingMfa(role.session) }),
    },
  ],
]);

export const isSessionChoice = (step: string): step is SessionChoice =>
  (CHOICES as ReadonlyMap<string, Choice>).has(step);

/** The role in a session with these choices. */
export const inChosenSession = (role: Subject, choices: readonly SessionChoice[]): Subject =>
  choices.reduce((one, choice) => (CHOICES.get(choice) as Choice).choosing(one), role);

/**
 * The choices that could give the role more: its policies ask for something that its sessions do not carry under the
 * present trust policy. The trust policies of other roles count if it may assume some.
 */
export function choicesFor(role: Subject, account: Account): readonly SessionChoice[] {
  const policies = policiesOf(role);
  const further = role.layers.identityPolicies.some((policy) => allowsSome(policy, 'sts:assumerole'))
    ? trustsIn(account)
    : [];
  const keys = new Set([...policies, ...further].flatMap(askedIn));
  return [...CHOICES.keys()].filter((choice) =>
    [...keys].some((key) => (CHOICES.get(choice) as Choice).isLacking(key, role)),
  );
}

const trustsCache = new WeakMap<Account, readonly CompiledPolicy[]>();

/** The trust policies that ask for anything of a session. */
const trustsIn = (account: Account): readonly CompiledPolicy[] =>
  remembered(trustsCache, account, () =>
    account.snapshot.roles
      .flatMap(({ trust }) => account.policies.get(trust) ?? [])
      .filter((trust) => askedIn(trust).length > 0),
  );

const known = new WeakMap<CompiledPolicy, readonly string[]>();

/** The keys (in lower case) about a session that a policy asks for. */
const askedIn = (policy: CompiledPolicy): readonly string[] =>
  remembered(known, policy, () => {
    const keys = keysAskedBy(policy).map((key) => key.toLowerCase());
    return [...new Set(keys.filter(isOfSession))];
  });

const isOfSession = (key: string): boolean =>
  key.startsWith(PRINCIPAL_TAG) || key === SOURCE_IDENTITY || isMfaKey(key);
