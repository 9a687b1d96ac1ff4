import { allowing } from '../../evaluator/allowing.ts';
import { atomsIn } from '../../evaluator/atoms.ts';
import { type Combined, combine } from '../../evaluator/combine.ts';
import { allowsSome } from '../../evaluator/compile.ts';
import type { KeyState } from '../../evaluator/context.ts';
import { type Formula, or } from '../../evaluator/formula.ts';
import { parsePrincipalArn } from '../../evaluator/principal.ts';
import type { Account, Subject } from '../account/account.ts';
import { questionWith } from '../account/question.ts';
import { contextOf } from '../account/request-context.ts';
import { isReservedTag } from '../account/reserved-tags.ts';
import { OF_OUTSIDER } from '../account/session-facts.ts';
import type { RequestRow } from '../paths/access-path.ts';
import { inAnyRegion } from './any-region.ts';
import { asOwn, BROUGHT, CHOSEN, openWith, reduced, subsetsOf } from './assume-role.ts';
import { CLOSED, type Opening } from './codes.ts';
import { OF_NOBODY } from './outside.ts';
import { isSessionTag } from './own-request.ts';

const ROW: RequestRow = { action: 'sts:AssumeRoleWithSAML', on: 'any' };
const EVERYTHING = allowing('provider', '*');

/**
 * The condition for a role, for somebody who signs a provider's assertions: only the trust policy counts, and the
 * signer chooses everything that an assertion contains. No identity policy is evaluated.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
 */
export function assumeWithSaml(provider: string, arn: string, account: Account): Opening {
  const role = account.snapshot.roles.find((one) => one.arn === arn);
  const resourcePolicy = role && account.policies.get(role.trust);
  const subject = signer(provider, account);
  if (!role || !resourcePolicy || !subject) return CLOSED;
  const target = { arn: role.arn, tags: role.tags };
  const context = contextOf({ subject, row: ROW, target, region: '' }, account);
  const ask = (row: RequestRow, brought: readonly unknown[]): Combined => {
    const left = BROUGHT.filter((one) => !brought.includes(one));
    const lookup = (key: string): KeyState =>
      left.some(({ isKey }) => isKey(key)) ? null : context.lookup(key);
    const { request, layers } = questionWith(
      account,
      { subject, row, target, resourcePolicy },
      { ...context, lookup },
    );
    return combine(request, layers);
  };
  // tags and a source identity need their own permissions
  const allowed = BROUGHT.filter(({ row }) => allowsSome(resourcePolicy, row.action));
  const ways = [[], ...subsetsOf(allowed)].map((brought) =>
    inAnyRegion(
      openWith(brought, (row) => ask(row, brought), ROW),
      account.snapshot.partition,
    ),
  );
  const open = ways.reduce<Formula>(or, false);
  const said = atomsIn(open)
    .map(({ canonical }) => canonical)
    .filter(isSaid);
  return asOwn(reduced(open, [...CHOSEN, ...said], []));
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-saml */
const isSaid = (key: string): boolean =>
  key.startsWith('saml:') || key === 'sts:sourceidentity' || isSessionTag(key);

function signer(provider: string, { guardrails }: Account): Subject | null {
  const principal = parsePrincipalArn(provider);
  if (!principal) return null;
  return {
    ...{ arn: provider, kind: 'outside', principal, given: [], session: OF_OUTSIDER, runAs: [], tags: [] },
    layers: {
      identityPolicies: [EVERYTHING],
      permissionsBoundary: null,
      serviceControlPolicies: [],
      resourceControlPolicies: guardrails.resourceControlPolicies,
      sessionPolicies: [],
    },
    keys: new Map([['aws:federatedprovider', { values: [provider] }], ...OF_NOBODY]),
    sessionTags: (tag) => !isReservedTag(tag),
    ...{ missing: null, role: null },
  };
}
