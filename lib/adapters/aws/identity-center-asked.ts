import type { SourceAnswer, SourceCall } from '../../ports/account-source.ts';
import { gapOf } from './call-error.ts';
import { mergePages, OwnTexts } from './cli-output.ts';
import type { Clients } from './clients.ts';
import { IDENTITY_CENTER_OPERATIONS } from './identity-center-operations.ts';
import { allPages, unknownCall } from './operation.ts';

/** The data of Identity Center about any account, as far as this account has permission. A refusal is an answer. */
export const identityCenterAsked =
  (clients: Pick<Clients, 'ssoAdmin' | 'identityStore' | 'ec2' | 'sts' | 'organizations'>) =>
  async (call: SourceCall): Promise<SourceAnswer> => {
    const operation = IDENTITY_CENTER_OPERATIONS[`${call.service}.${call.operation}`];
    if (operation === undefined) return unknownCall(call);
    try {
      const pages = await allPages(operation(clients as Clients, call));
      const data = mergePages(pages, new OwnTexts(), call.lists ?? []);
      return { status: 'collected', data, duplicateKeys: [] };
    } catch (error) {
      return gapOf(error, call.action ?? call.operation);
    }
  };
