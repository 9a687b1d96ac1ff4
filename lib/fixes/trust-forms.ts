import { sha256 } from '../findings/sha256.ts';
import { keepsStrangersOut, sharedProvider } from '../reference/shared-oidc-providers.ts';
import type { FixCause } from './cause.ts';
import { type AccountParts, writableStatements } from './compose.ts';
import type { Edit, StatementJson } from './edit.ts';
import type { Candidate } from './forms.ts';
import { merged, texts } from './statement-json.ts';

/** One way to narrow a trust policy. */
interface TrustForm {
  readonly says: string;
  /** the replacement of a statement; null: it stays */
  readonly by: (statement: StatementJson) => readonly StatementJson[] | null;
  readonly narrows?: true;
}

/** Candidates for a trust policy: those that keep the most callers come first. */
export function trustCandidates(places: AccountParts, cause: FixCause): readonly Candidate[] {
  const forms = [
    ...externalId(places, cause),
    ...claims(places, cause),
    ...organization(places),
    ownAccount(places),
    machines(places, cause),
    without('exclude everybody from outside the account', (entry) => isOwn(places, entry)),
    without('exclude all users and roles of the account, and everybody from outside', () => false),
  ];
  return forms.flatMap((form) => candidate(places, cause, form) ?? []);
}

/**
 * The statement with MFA required of users of the account, and of the account as a whole; roles that it names are let in
 * as before. Null: it lets in nobody of that kind, or asks them already.
 */
export function withMfa(places: AccountParts, statement: StatementJson): readonly StatementJson[] | null {
  if (statement.Effect !== 'Allow') return null;
  const entries = entriesOf(statement);
  const own = entries.filter((entry) => isOwn(places, entry) && isWholeOrUser(entry));
  const condition = merged(statement.Condition ?? {}, { Bool: { 'aws:MultiFactorAuthPresent': 'true' } });
  if (own.length === 0 || condition === null) return null;
  return apart(statement, own, condition);
}

/** The statement without these entries, and one for them with the condition. */
function apart(
  statement: StatementJson,
  chosen: readonly string[],
  condition: StatementJson['Condition'],
): readonly StatementJson[] {
  const { Sid: _, ...limited } = statement;
  const others = entriesOf(statement).filter((entry) => !chosen.includes(entry));
  return [
    ...withEntries(statement, others),
    { ...limited, Principal: { AWS: chosen }, Condition: condition },
  ];
}

const isOwn = ({ accountId }: AccountParts, entry: string): boolean =>
  entry === accountId || entry.split(':')[4] === accountId;

function candidate(
  places: AccountParts,
  cause: FixCause,
  { says, by, narrows }: TrustForm,
): Candidate | null {
  const edits = cause.statements.flatMap(({ policy, statement }): readonly Edit[] => {
    const before = writableStatements(places.record(policy))?.[statement];
    const after = before ? by(before) : null;
    return after === null ? [] : [{ kind: 'replace', policy, statement, by: after }];
  });
  return edits.length === 0 ? null : { says, edits, ...(narrows && { narrows }) };
}

/**
 * Callers from other accounts must give an external id; the account's own users and roles do not.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
 */
function externalId(places: AccountParts, { rules, statements }: FixCause): readonly TrustForm[] {
  const [first] = statements;
  if (!rules.includes('TRUST-XACCT') || first === undefined) return [];
  // one for each role; it need not be secret
  const id = `latchkey-${sha256(first.policy).slice(0, 16)}`;
  const by = (statement: StatementJson): readonly StatementJson[] | null => {
    const entries = entriesOf(statement);
    const foreign = entries.filter((entry) => entry !== '*' && !isOwn(places, entry));
    const condition = merged(statement.Condition ?? {}, { StringEquals: { 'sts:ExternalId': id } });
    if (foreign.length === 0 || condition === null) return null;
    return apart(statement, foreign, condition);
  };
  return [
    {
      says: `require an external id from outside accounts: agree with them on \`${id}\`, or another`,
      by,
      narrows: true,
    },
  ];
}

/**
 * The claims that other trust policies of the account require of the same provider: they identify the account's own
 * customers of it. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
 */
function claims(places: AccountParts, { rules }: FixCause): readonly TrustForm[] {
  if (!rules.includes('TRUST-OIDC')) return [];
  const by = (statement: StatementJson): readonly StatementJson[] | null => {
    const providers = federatedOf(statement).map(sharedProvider);
    const [provider] = providers;
    if (providers.length !== 1 || provider === null || provider === undefined) return null;
    const key = `${provider}:sub`;
    const known = places.asked(key).filter((value) => keepsStrangersOut(provider, key, value));
    const condition = merged(statement.Condition ?? {}, { StringLike: { [key]: known } });
    return known.length === 0 || condition === null ? null : [{ ...statement, Condition: condition }];
  };
  return [
    {
      says: 'require the `sub` that other trust policies of the account require from the same provider',
      by,
      narrows: true,
    },
  ];
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgid */
function organization({ organization: id }: AccountParts): readonly TrustForm[] {
  if (id === null) return [];
  const by = (statement: StatementJson): readonly StatementJson[] | null => {
    const condition = merged(statement.Condition ?? {}, { StringEquals: { 'aws:PrincipalOrgID': id } });
    return isOpenToAll(statement) && condition !== null ? [{ ...statement, Condition: condition }] : null;
  };
  return [{ says: `allow only principals of the organisation ${id}`, by }];
}

const ownAccount = ({ partition, accountId }: AccountParts): TrustForm => ({
  says: 'allow only the own account',
  by: (statement) =>
    isOpenToAll(statement)
      ? [{ ...statement, Principal: { AWS: `arn:${partition}:iam::${accountId}:root` } }]
      : null,
});

/** Roles that a trust policy lists. */
const MOST_NAMED = 20;

/** The account as a whole, or users of it, are no longer admitted: the roles of machines that assume it are listed. */
function machines(places: AccountParts, { machines: takers = [] }: FixCause): TrustForm {
  const by = (statement: StatementJson): readonly StatementJson[] | null => {
    const entries = entriesOf(statement);
    const own = entries.filter((entry) => isOwn(places, entry) && isWholeOrUser(entry));
    if (own.length === 0 || takers.length > MOST_NAMED) return null;
    const named = own.some((entry) => !entry.includes(':user/')) ? takers : [];
    const kept = entries.filter((entry) => !own.includes(entry));
    return withEntries(statement, [...new Set([...kept, ...named])]);
  };
  return { says: 'exclude users of the account, and keep only the roles with which machines assume it', by };
}

const isWholeOrUser = (entry: string): boolean => /^\d{12}$|:root$|:user\//.test(entry);

/** A form that removes the entries that are not kept; services stay. */
const without = (says: string, isKept: (entry: string) => boolean): TrustForm => ({
  says,
  by: (statement) => {
    if (statement.Principal === '*') return isKept('*') ? null : [];
    const entries = entriesOf(statement);
    const kept = entries.filter(isKept);
    if (kept.length === entries.length && federatedOf(statement).length === 0) return null;
    const { Principal } = statement;
    if (typeof Principal !== 'object' || Principal === null) return null;
    const { Federated: _, ...others } = Principal as Readonly<Record<string, unknown>>;
    return withEntries({ ...statement, Principal: others }, kept);
  },
});

/** The statement with these accounts, users and roles instead of its own; empty if none is left. */
function withEntries(statement: StatementJson, entries: readonly string[]): readonly StatementJson[] {
  const { Principal } = statement;
  const { AWS: _, ...others } = (typeof Principal === 'object' ? Principal : {}) as Readonly<
    Record<string, unknown>
  >;
  const left = { ...(entries.length === 0 ? {} : { AWS: entries }), ...others };
  return Object.keys(left).length === 0 ? [] : [{ ...statement, Principal: left }];
}

const isOpenToAll = (statement: StatementJson): boolean =>
  statement.Principal === '*' || entriesOf(statement).includes('*');

const entriesOf = ({ Principal }: StatementJson): readonly string[] => partOf(Principal, 'AWS');
const federatedOf = ({ Principal }: StatementJson): readonly string[] => partOf(Principal, 'Federated');

function partOf(principal: unknown, part: 'AWS' | 'Federated'): readonly string[] {
  if (typeof principal !== 'object' || principal === null) return [];
  return texts((principal as Readonly<Record<string, unknown>>)[part]);
}
