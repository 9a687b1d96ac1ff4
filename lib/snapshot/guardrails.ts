import { readableIds } from './readable.ts';
import type { Snapshot } from './snapshot.ts';

/** What to do about calls that a guardrail denies. */
export const GUARDRAIL_ADVICE = 'leave this region out, or make an exception for the collecting role';

/** One level of the organisation, as far as its policies are known. */
export interface GuardrailLevel {
  /** ids of policies with a document */
  readonly policies: readonly string[];
  /** ids of those that were not read: they may allow or deny anything */
  readonly unread: readonly string[];
}

export interface Guardrails {
  readonly serviceControlPolicies: readonly GuardrailLevel[];
  readonly resourceControlPolicies: readonly GuardrailLevel[];
  /** all of them were collected */
  readonly areWhole: boolean;
}

const NONE: Guardrails = { serviceControlPolicies: [], resourceControlPolicies: [], areWhole: true };

/**
 * The guardrails of the account, root first. If no level has a service control policy, these are switched off
 * and limit nothing, since each level keeps at least one while they are on; one empty level among full ones
 * is impossible, so its list is incomplete. The management account is exempt.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_DetachPolicy.html
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_DisablePolicyType.html
 */
export function guardrailsOf({ organization, accountId, policies }: Snapshot): Guardrails {
  if (!organization) return { ...NONE, areWhole: false };
  if (organization.managementAccountId === accountId) return NONE;
  const readable = readableIds(policies);
  const { levels, scpsEnabled } = organization;
  const scps = levels.map((level) => level.serviceControlPolicies);
  const rcps = levels.map((level) => level.resourceControlPolicies);
  const isEmpty = (list: readonly string[] | null): boolean => list !== null && list.length === 0;
  const areOff = scpsEnabled === false || (scpsEnabled !== true && scps.every(isEmpty));
  const serviceControlPolicies = areOff ? [] : scps.flatMap((list) => levelOf(list, readable));
  const resourceControlPolicies = rcps.flatMap((list) => levelOf(list, readable));
  const levelsKept = [...serviceControlPolicies, ...resourceControlPolicies];
  const areWhole =
    (areOff || !scps.some((list) => list === null || list.length === 0)) &&
    !rcps.includes(null) &&
    levelsKept.every(({ unread }) => unread.length === 0);
  return { serviceControlPolicies, resourceControlPolicies, areWhole };
}

/** A level without a known policy has no known limit. */
function levelOf(list: readonly string[] | null, readable: ReadonlySet<string>): readonly GuardrailLevel[] {
  if (list === null || list.length === 0) return [];
  return [
    {
      policies: list.filter((id) => readable.has(id)),
      unread: list.filter((id) => !readable.has(id)),
    },
  ];
}
