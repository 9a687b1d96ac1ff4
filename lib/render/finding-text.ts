import type { Finding } from '../findings/finding.ts';
import { shortPrincipal } from './names.ts';

/** What a finding says, in the parts that a reader takes in one by one. Plain text, not yet escaped. */
export interface FindingText {
  /** who or what it is about, short: `role/DevOps`, `i-0abc`, `security-group/sg-1`; empty where it names nothing */
  readonly about: string;
  /** what is wrong with it, without its name: `may run own commands as root` */
  readonly says: string;
  /** what to do */
  readonly remedy: string;
  /** a statement or command that does it; null if missing */
  readonly example: string | null;
}

const EXAMPLE = '; for example ';

export function findingText(finding: Finding): FindingText {
  const about = finding.principal ?? finding.instance ?? finding.resource ?? '';
  const cut = finding.remediation.indexOf(EXAMPLE);
  return {
    about: shortPrincipal(about).replace(/^arn:[^:]*:[^:]*:[^:]*:[^:]*:([!-~]+)$/, '$1'),
    says: finding.title.startsWith(`${about}: `) ? finding.title.slice(about.length + 2) : finding.title,
    remedy: cut < 0 ? finding.remediation : finding.remediation.slice(0, cut),
    example: cut < 0 ? null : finding.remediation.slice(cut + EXAMPLE.length),
  };
}

/** `role/DevOps may run own commands as root`; where the sentence stands for itself, the name and a colon before it. */
export function findingSentence(finding: Finding): string {
  const { about, says } = findingText(finding);
  if (about === '') return says;
  return finding.principal !== undefined && /^(may|holds|can) /.test(says)
    ? `${about} ${says}`
    : `${about}: ${says}`;
}
