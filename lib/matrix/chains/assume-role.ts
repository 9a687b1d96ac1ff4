import { atomsIn } from '../../evaluator/atoms.ts';
import { type Combined, combine, openOf } from '../../evaluator/combine.ts';
import { type CompiledPolicy, compilePolicy } from '../../evaluator/compile.ts';
import type { KeyState } from '../../evaluator/context.ts';
import { type Atom, and, type Formula, or, settle } from '../../evaluator/formula.ts';
import { type Principal, parsePrincipalArn } from '../../evaluator/principal.ts';
import { knownGiven } from '../../evaluator/residual/known-given.ts';
import { remaining } from '../../evaluator/residual/remaining.ts';
import { parsePolicy } from '../../policy/document.ts';
import type { Role } from '../../snapshot/snapshot.ts';
import { type Account, type Subject, takesSessionTags } from '../account/account.ts';
import { questionWith } from '../account/question.ts';
import { contextOf } from '../account/request-context.ts';
import type { RequestRow } from '../paths/access-path.ts';
import { inAnyRegion } from './any-region.ts';
import { isSessionTag, ofOwnRequest } from './own-request.ts';

const ROWS = {
  assume: { action: 'sts:AssumeRole', on: 'any' },
  tag: { action: 'sts:TagSession', on: 'any' },
} as const;
/** The caller chooses the endpoint. */
const NO_REGION = '';
/** The caller names its session as it likes. */
const CHOSEN = ['sts:rolesessionname', 'sts:sourceidentity'] as const;

/**
 * Whether, and under which conditions, a principal may assume a role: the role's trust policy and the principal's own
 * layers, both evaluated. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 */
export function assumeRole(
  subject: Subject,
  role: Role,
  account: Account,
  reduce: Reduce = reduced,
): Formula {
  const trust = account.policies.get(role.trust);
  if (!trust || subject.arn === role.arn) return false;
  return assumeWith(trust, subject, role, account, reduce);
}

/** The same with another trust policy. */
export function assumeWith(
  trust: CompiledPolicy,
  subject: Subject,
  role: Role,
  account: Account,
  reduce: Reduce,
): Formula {
  const target = { arn: role.arn, tags: role.tags };
  // one call is both requests, so both have its condition keys
  const context = contextOf(ROWS.assume, target, NO_REGION, subject, account);
  const untagged = (key: string): KeyState => (isSessionTag(key) ? null : context.lookup(key));
  const ask = (row: RequestRow, tags: boolean): Combined => {
    const known = tags ? context : { ...context, lookup: untagged };
    const asked = { subject, row, target, resourcePolicy: trust };
    const { request, layers } = questionWith(account, asked, known);
    return combine(request, layers);
  };
  const { partition } = account.snapshot;
  const without = inAnyRegion(openOf(ask(ROWS.assume, false)), partition);
  const plain = reduce(without, CHOSEN, subject.given);
  if (plain === true || !takesSessionTags(trust)) return ofOwnRequest(plain);
  const tagging = ask(ROWS.tag, true);
  // a trust policy must itself allow the tags, whatever the identity policy says
  const mayTag = and(openOf(tagging), tagging.answers.resource.allow);
  // the same call, so at the same endpoint
  const both = inAnyRegion(and(openOf(ask(ROWS.assume, true)), mayTag), partition);
  const tagged = or(without, both);
  return ofOwnRequest(reduce(tagged, [...CHOSEN, ...sessionTagsIn(tagged)], subject.given));
}

/** A trust policy that lets in one principal and asks nothing. */
export function trustIn(arn: string): CompiledPolicy {
  const Statement = { Effect: 'Allow', Principal: { AWS: arn }, Action: 'sts:AssumeRole' };
  return compilePolicy(
    parsePolicy({ Version: '2012-10-17', Statement }, 'trust'),
    'a trust policy of its own',
    'trust',
  );
}

/** Brings a formula to what it comes to: plain true or false wherever that is what remains. */
export type Reduce = (formula: Formula, chosen: readonly string[], given: readonly Atom[]) => Formula;

export const reduced: Reduce = (formula, chosen, given) => {
  const open = settle(formula, new Set());
  const rest = remaining(open, { chosen: new Set(chosen), given });
  return typeof rest === 'boolean' ? rest : knownGiven(open, given);
};

/** Whoever may pass session tags chooses them. */
function sessionTagsIn(formula: Formula): readonly string[] {
  return atomsIn(formula)
    .map(({ canonical }) => canonical)
    .filter(isSessionTag);
}

/** What the other account's own administrators allow is for them to say: taken as everything. */
const EVERYTHING = compilePolicy(
  parsePolicy(
    { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
    'identity',
  ),
  'outside',
  'identity',
);

/** The other accounts that trust policies let in, each as one principal: `arn:aws:iam::<id>:root`. */
export function outsideAccounts(account: Account): readonly Subject[] {
  const { accountId, partition } = account.snapshot;
  const byAccount = new Map<string, Principal[]>();
  for (const role of account.snapshot.roles) {
    for (const principal of trustedOutside(account, role)) {
      byAccount.set(principal.account, [...(byAccount.get(principal.account) ?? []), principal]);
    }
  }
  byAccount.delete(accountId);
  return [...byAccount.keys()]
    .sort()
    .map((id) => outsideSubject(`arn:${partition}:iam::${id}:root`, account));
}

/** The roles that let in somebody of another account, by its id. */
export function rolesByOutsideAccount(account: Account): ReadonlyMap<string, readonly Role[]> {
  const roles = new Map<string, Set<Role>>();
  for (const role of account.snapshot.roles) {
    for (const { account: id } of trustedOutside(account, role)) {
      const known = roles.get(id) ?? new Set<Role>();
      known.add(role);
      roles.set(id, known);
    }
  }
  return new Map([...roles].map(([id, set]) => [id, [...set]]));
}

function trustedOutside(account: Account, role: Role): readonly Principal[] {
  const statements = account.policies.get(role.trust)?.document.statements ?? [];
  const entries = statements
    .filter(({ effect }) => effect === 'Allow')
    .flatMap(({ principals }) => (principals && !principals.not ? principals.aws : []));
  return entries
    .map((entry) => parsePrincipalArn(/^\d{12}$/.test(entry) ? `arn:aws:iam::${entry}:root` : entry))
    .filter((principal) => principal !== null);
}

function outsideSubject(arn: string, account: Account): Subject {
  const principal = parsePrincipalArn(arn) as Principal;
  const keys = new Map<string, KeyState>([
    ['aws:principalaccount', { values: [principal.account] }],
    ['aws:principalisawsservice', { values: ['false'] }],
  ]);
  return {
    arn,
    kind: 'outside-account',
    principal,
    layers: {
      identityPolicies: [EVERYTHING],
      permissionsBoundary: null,
      serviceControlPolicies: [],
      resourceControlPolicies: account.guardrails?.resourceControlPolicies ?? [],
      sessionPolicies: [],
    },
    keys,
    given: [],
    sessionTags: true,
    tags: [],
    missing: null,
    role: null,
  };
}

/** Any principal of the other account that the trust policy names will do. */
export function assumeFromOutside(
  subject: Subject,
  role: Role,
  account: Account,
  reduce: Reduce = reduced,
): Formula {
  return trustedOutside(account, role)
    .filter((principal) => principal.account === subject.principal.account)
    .reduce<Formula>(
      (sum, principal) => or(sum, assumeRole({ ...subject, principal }, role, account, reduce)),
      false,
    );
}
