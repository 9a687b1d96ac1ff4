import type { OrganizationsClient } from '@aws-sdk/client-organizations';
import type { SourceAnswer } from '../../ports/account-source.ts';
import { gapOf } from './call-error.ts';
import { policiesAbove } from './effective-policies.ts';
import { there } from './whole-answer.ts';

/**
 * The guardrails of any account, one account at a time, as far as this account has permission. A refusal is an answer.
 * An account outside any organisation cannot say whether another account is in one.
 */
export const guardrailsAsked =
  (client: OrganizationsClient, readBy: string) =>
  async (accountId: string): Promise<SourceAnswer> => {
    try {
      const data = await policiesAbove(client, async () => accountId);
      const isIn = there((data as { readonly Targets?: readonly object[] }).Targets, 'Targets').length > 0;
      if (!isIn) return { status: 'not-collected', detail: `account \`${readBy}\` is in no organisation` };
      return { status: 'collected', data: { ...data, ReadBy: readBy }, duplicateKeys: [] };
    } catch (error) {
      return gapOf(error, 'organizations:ListParents');
    }
  };
