import { type Combined, combine, type Layers, type Request } from '../../evaluator/combine.ts';
import type { CompiledPolicy } from '../../evaluator/compile.ts';
import type { Context } from '../../evaluator/context.ts';
import type { RequestRow } from '../paths/access-path.ts';
import type { Account, Subject } from './account.ts';
import { contextOf } from './request-context.ts';
import type { Target } from './target.ts';

/** One request of a principal of the account, and every policy that bears on it. */
export interface Question {
  readonly request: Request;
  readonly layers: Layers;
}

/** Who asks for what, on which resource and where. */
export interface Asked {
  readonly subject: Subject;
  readonly row: RequestRow;
  readonly target: Target;
  readonly region: string;
  /** the policy of the resource itself, where it has one: a role's trust policy */
  readonly resourcePolicy?: CompiledPolicy;
}

export function ask(account: Account, asked: Asked): Combined {
  const { request, layers } = questionOf(account, asked);
  return combine(request, layers);
}

export function questionOf(account: Account, asked: Asked): Question {
  const { subject, row, target, region } = asked;
  return questionWith(account, asked, contextOf(row, target, region, subject, account));
}

/** The same where the condition keys are known already. */
export function questionWith(
  { snapshot }: Account,
  { subject, row, target, resourcePolicy }: Omit<Asked, 'region'>,
  context: Context,
): Question {
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
