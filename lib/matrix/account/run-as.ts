import { openOf } from '../../evaluator/combine.ts';
import { type Formula, settle } from '../../evaluator/formula.ts';
import { Residuals } from '../../evaluator/residual/residuals.ts';
import { remembered } from '../../memory/remembered.ts';
import { ANY_USER, RUN_AS_TAG, type RunAs, runAsTag, runsAsTagged, valuesLeft } from '../paths/lands-as.ts';
import type { Account, Subject } from './account.ts';
import { isOfAws } from './own-denies.ts';
import { askOfOwnTag, mayAsk } from './own-tags.ts';

type OwnChange = Pick<RunAs, 'chosen' | 'untags'>;

const NO_CHANGE: OwnChange = { chosen: [], untags: false };

const known = {
  changes: new WeakMap<Subject, OwnChange>(),
  residuals: new WeakMap<Account, Residuals>(),
};

/**
 * What decides the OS user of a principal's sessions: its tag, and how it may change that tag itself.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/session-preferences-run-as.html
 */
export function runAsOf(subject: Subject, account: Account): RunAs {
  const own = { tag: runAsTag(subject.tags), asked: subject.runAs };
  if (!runsAsTagged(account.regions.values())) return { ...own, ...NO_CHANGE };
  return { ...own, ...remembered(known.changes, subject, () => ownChange(subject, account)) };
}

/** Equal names mean equal users. */
export function runAsName(subject: Subject, account: Account): string {
  const { tag, asked, chosen, untags } = runAsOf(subject, account);
  if (asked.length === 0 && chosen.length === 0 && !untags) return tag;
  return JSON.stringify([tag, asked, chosen, untags]);
}

function ownChange(subject: Subject, account: Account): OwnChange {
  if (subject.kind === 'outside' || (subject.role && isOfAws(subject.role))) return NO_CHANGE;
  const kind = subject.role ? 'Role' : 'User';
  const carries = [`aws:requesttag/${RUN_AS_TAG.toLowerCase()}`];
  const open = ownRequest(subject, account, { action: `iam:Tag${kind}`, carries });
  // cached: thousands of principals may tag themselves under the same few conditions
  const residuals = remembered(known.residuals, account, () => new Residuals([]));
  const condition = residuals.of(open, [], subject.given).remains;
  if (condition === true) return { chosen: ANY_USER, untags: false };
  const isTagged = runAsTag(subject.tags) !== '';
  return {
    chosen: condition === false ? [] : valuesLeft(condition, `aws:RequestTag/${RUN_AS_TAG}`),
    untags: isTagged && ownRequest(subject, account, { action: `iam:Untag${kind}`, carries: [] }) !== false,
  };
}

function ownRequest(
  subject: Subject,
  account: Account,
  { action, carries }: { readonly action: string; readonly carries: readonly string[] },
): Formula {
  if (!mayAsk(subject, action)) return false;
  return settle(openOf(askOfOwnTag(subject, account, { action, tag: RUN_AS_TAG, carries })), new Set());
}
