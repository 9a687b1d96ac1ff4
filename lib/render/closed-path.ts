import { count } from '../policy/counted.ts';
import type { PagePath } from './page/page-data.ts';

/** Why a path is closed to a principal, as far as its policies show without a decision of each request. */
export type ClosedReason =
  /** the path is for other instances */
  | { readonly is: 'other'; readonly only: 'windows' | 'linux' }
  /** from outside: it has no policies here */
  | { readonly is: 'outside' }
  /** nothing that it holds allows the action */
  | { readonly is: 'silent'; readonly action: string; readonly policies: number }
  /** its boundary, or a level of the organisation, does not allow it */
  | { readonly is: 'bounded'; readonly action: string; readonly limit: string }
  /** everything is allowed without limits: what is missing is a thing in the account, such as an endpoint */
  | { readonly is: 'nothing there'; readonly needs: PagePath['applies'] }
  /** some statement includes the action, but not here, or something takes it back */
  | { readonly is: 'limited'; readonly action: string; readonly isDenied: boolean };

/** The reason in one line; actions are between backticks. */
export function closedText(reason: ClosedReason): string {
  switch (reason.is) {
    case 'other':
      return `it exists only on ${reason.only === 'windows' ? 'Windows' : 'Linux'} instances`;
    case 'outside':
      return OUTSIDE;
    case 'silent':
      return silentText({ ...reason, action: `\`${reason.action}\`` });
    case 'bounded':
      return `${limitText(reason.limit)} does not allow \`${reason.action}\``;
    case 'nothing there':
      return `its policies allow it, but ${nothingThere('it', reason.needs)}`;
    case 'limited':
      return `\`${reason.action}\` is allowed, but not ${reason.isDenied ? 'here, or a Deny overrides it' : 'here'}`;
  }
}

export const OUTSIDE = 'it has no policies in this account, and no role that it may take leads here';

/** No request is refused: the account lacks what the path goes through. */
export function nothingThere(path: string, needs?: PagePath['applies']): string {
  if (needs === 'vpc-endpoint') return 'the account has no Instance Connect endpoint that leads here';
  return `the account has nothing by which ${path} leads here`;
}

interface Silent {
  readonly action: string;
  readonly policies: number;
  /** whose policies; left out: those of the principal that the text is about */
  readonly owner?: string;
  /** what it has none of */
  readonly kind?: string;
  readonly verb?: 'allows' | 'mentions';
}

/** No policy allows the action, or even mentions it. */
export function silentText({ action, policies, owner, kind = 'policies', verb = 'allows' }: Silent): string {
  if (policies === 0) return `${owner ?? 'it'} has no ${kind}, so nothing allows ${action}`;
  const all = count(policies, 'policy', 'policies');
  const its = policies === 1 ? 'its policy' : `its ${all}`;
  return `nothing in ${owner === undefined ? its : `${all} of ${owner}`} ${verb} ${action}`;
}

/** What the policies of a principal say about one action. */
export interface ActionFacts {
  readonly policies: number;
  readonly hasBoundary: boolean;
  readonly isAllowed: boolean;
  /** allowed on every resource without a condition */
  readonly isWhole: boolean;
  readonly isDenied: boolean;
  /** what must allow the action as well and does not; null: nothing */
  readonly limit: string | null;
}

/** The same in one line beside the action. */
export function actionText({ policies, isAllowed, limit, ...facts }: ActionFacts): string {
  const owner = policies === 0 ? { owner: 'the principal' } : {};
  if (!isAllowed) return silentText({ action: 'it', policies, ...owner });
  if (limit !== null) return `allowed, but ${limitText(limit)} does not allow it`;
  const reasons = [
    facts.isWhole ? '' : 'the resource or a condition of these statements may exclude the instance',
    facts.isDenied ? 'a Deny may override it' : '',
    facts.hasBoundary ? 'the permissions boundary may not allow it' : '',
  ].filter((reason) => reason !== '');
  return reasons.length === 0 ? 'allowed' : `allowed, but ${reasons.join(', or ')}`;
}

const limitText = (limit: string): string =>
  limit === 'permissions boundary' ? `its ${limit}` : `the organisation, at ${limit},`;
