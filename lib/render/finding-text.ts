import type { AccessHolder, Finding, FindingCauseKind } from '../findings/finding.ts';
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

/** Short enough for a subject line: `5 instances (5 production): user/mara and 1 more by ops-admins`. */
export function findingShort(finding: Finding): string {
  const { cause, holderCount, instanceCount, productionCount, title } = finding;
  if (holderCount === 0) return title;
  const production = productionCount === 0 ? '' : ` (${thousands(productionCount)} production)`;
  const by = cause.resource.slice(
    Math.max(cause.resource.lastIndexOf('/'), cause.resource.lastIndexOf('#')) + 1,
  );
  return `${count(instanceCount, 'instance')}${production}: ${findingHolders(finding, 1)} by ${by}`;
}
