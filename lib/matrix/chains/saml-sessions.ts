import { allowing } from '../../evaluator/allowing.ts';
import { atomsIn } from '../../evaluator/atoms.ts';
import { parsePrincipalArn } from '../../evaluator/principal.ts';
import type { Account, Subject } from '../account/account.ts';
import { isReservedTag } from '../account/reserved-tags.ts';
import { OF_OUTSIDER } from '../account/session-facts.ts';
import type { RequestRow } from '../paths/access-path.ts';
import { asOwn, CHOSEN, reduced, waysOf } from './assume-role.ts';
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
  const trust = role && account.policies.get(role.trust);
  const subject = signer(provider, account);
  if (!role || !trust || !subject) return CLOSED;
  // tags and a source identity need their own permissions
  const open = waysOf({ role, trust }, subject, account, ROW).with();
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
