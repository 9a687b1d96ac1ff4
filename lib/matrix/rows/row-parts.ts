import { Residuals } from '../../evaluator/residual/residuals.ts';
import type { Instance } from '../../snapshot/snapshot.ts';
import type { AuditedAccount } from '../account/audited-account.ts';
import { type ClassifiedInstances, classify } from '../classes/instance-classes.ts';
import { PolicyViews } from '../classes/policy-views.ts';
import { PrincipalViews } from '../classes/principal-views.ts';
import { relevantIn } from '../classes/relevant.ts';
import { DirectRows } from './direct-rows.ts';
import { SessionRows } from './session-rows.ts';

/** Everything needed to decide the rows of an account, also for other principals on the same instances. */
export interface RowParts {
  readonly residuals: Residuals;
  readonly principalViews: PrincipalViews;
  readonly classified: ClassifiedInstances;
  readonly sessions: SessionRows;
  readonly decide: DirectRows;
}

export function rowParts(audited: AuditedAccount, instances: readonly Instance[]): RowParts {
  const { account } = audited;
  const relevant = relevantIn(audited);
  const parts = {
    residuals: new Residuals(account.guardrailsAreWhole ? [] : ['guardrails-not-collected']),
    principalViews: new PrincipalViews(new PolicyViews()),
    classified: classify(account, instances, relevant),
    sessions: new SessionRows(account, relevant),
  };
  return { ...parts, decide: new DirectRows({ audited, ...parts }) };
}
