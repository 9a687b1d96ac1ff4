import { type Combined, combine, type Layers, type Request } from '../../evaluator/combine.ts';
import type { CompiledPolicy } from '../../evaluator/compile.ts';
import type { Context } from '../../evaluator/context.ts';
import type { Account } from './account.ts';
import { contextOf, type Requested } from './request-context.ts';

/** One request of a principal of the account, and every policy that affects it. */
export interface LayeredRequest {
  readonly request: Request;
  readonly layers: Layers;
}

export interface RequestWithPolicy extends Requested {
  /** the policy of the resource itself, if it has one: a role's trust policy */
  readonly resourcePolicy?: CompiledPolicy;
}

export function ask(account: Account, asked: RequestWithPolicy): Combined {
  const { request, layers } = layeredRequest(account, asked);
  return combine(request, layers);
}

export function layeredRequest(account: Account, asked: RequestWithPolicy): LayeredRequest {
  return questionWith(account, asked, contextOf(asked, account));
}

/** The same with known condition keys. */
export function questionWith(
  { snapshot }: Account,
  { subject, row, target, resourcePolicy }: Omit<RequestWithPolicy, 'region'>,
  context: Context,
): LayeredRequest {
  return {
    request: {
      principal: subject.principal,
      action: row.action,
      resource: target.arn,
      resourceAccount: snapshot.accountId,
      context,
      ...(row.policyUnread && { policyUnread: true }),
    },
    layers: { ...subject.layers, resourcePolicy: resourcePolicy ?? null },
  };
}
