import type { AccessHolder, Finding, FindingCauseKind } from '../findings/finding.ts';
import { RULES } from '../findings/rules.ts';
import { count, shortList, thousands } from '../policy/counted.ts';
import { heldByText } from './held-by-text.ts';
import { shortPrincipal, ssoName } from './names.ts';

/** The remedy of a finding, in parts. Plain text, not yet escaped. */
export interface RemedyText {
  readonly remedy: string;
  /** a statement or command for it; null if missing */
  readonly example: string | null;
}

const EXAMPLE = '; for example ';

export function remedyText({ remediation }: Finding): RemedyText {
  const cut = remediation.indexOf(EXAMPLE);
  return {
    remedy: cut < 0 ? remediation : remediation.slice(0, cut),
    example: cut < 0 ? null : remediation.slice(cut + EXAMPLE.length),
  };
}

/** The kind of thing to change, as a label before its name. */
export const CAUSE_WORDS: Readonly<Record<FindingCauseKind, string>> = {
  statement: 'Statement',
  trust: 'Trust policy',
  'launch-template': 'Launch template',
  'auto-scaling-group': 'Auto scaling group',
  region: 'Instances',
  'security-group': 'Security group',
  role: 'Role',
  exception: 'Exception',
  image: 'Image',
  snapshot: 'Snapshot',
  coverage: 'Coverage',
  setting: 'Account',
  principal: 'Principal',
};

/** `812 instances, 40 of them production` */
export function reachText({ instanceCount, productionCount }: Finding): string {
  const production = productionCount === 0 ? '' : `, ${thousands(productionCount)} of them production`;
  return `${count(instanceCount, 'instance')}${production}`;
}

/** `user/alice`, `SSO AdministratorAccess` of a permission set; from outside with the word for it. */
export function holderText({ principal, kind }: AccessHolder): string {
  const short = shortPrincipal(principal);
  return ssoName(principal) ?? (kind === 'outside' ? `${short} (outside)` : short);
}

/** The holders of the first permission sets: the groups and the people. */
export const peopleTexts = ({ holders }: Finding, most: number): readonly string[] =>
  holders
    .flatMap(({ heldBy }) => heldBy ?? [])
    .slice(0, most)
    .map((heldBy) => heldByText(heldBy));

/** `user/alice, role/ops and 3 more` */
export function findingHolders({ holders, holderCount }: Finding, most: number): string {
  return shortList(holders, most, { text: holderText, all: holderCount });
}

/** The same by ARN, for those who look them up: three at most. */
export function holderArns({ holders, holderCount }: Finding): string {
  return shortList(holders, 3, { text: ({ principal }) => principal, all: holderCount });
}

/**
 * What a finding is, in a line: `user/mara may run any command document as root`; the title of a place, such as a
 * security group, is that already.
 */
export function findingShort(finding: Finding): string {
  const { cause, holders, holderCount, rule, title } = finding;
  const deed = RULES.find(({ id }) => id === rule)?.title.replace(/( on every instance|,.*)$/, '');
  const [holder] = holders;
  if (cause.kind !== 'statement' || deed === undefined || holder === undefined) return title;
  return `${holderCount === 1 ? holderText(holder) : count(holderCount, 'principal')} may ${deed}`;
}

/** How far it reaches, for as much room as there is: `8 instances (5 production)`, `5 production`. */
export function reachShort({ instanceCount, productionCount }: Finding): readonly string[] {
  if (instanceCount === 0) return [];
  const instances = count(instanceCount, 'instance');
  const production = `${thousands(productionCount)} production`;
  return productionCount === 0 ? [instances] : [`${instances} (${production})`, production];
}
