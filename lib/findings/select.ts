import type { Finding, FindingStatus } from './finding.ts';

/** Which findings are wanted; a member that is left out means all. */
export interface FindingFilter {
  readonly severities?: ReadonlySet<string> | null;
  /** findings that break one of these rules, whatever else they break */
  readonly rules?: ReadonlySet<string> | null;
  /** only what people or outsiders hold */
  readonly people?: boolean;
  readonly states?: readonly FindingStatus[];
}

/** Open, and not accepted. */
export const STANDING: readonly FindingStatus[] = ['new', 'reopened', 'open'];

/** The matching findings, in their order. */
export function selectFindings(findings: readonly Finding[], filter: FindingFilter): readonly Finding[] {
  const { severities, rules, people, states } = filter;
  return findings.filter(
    (one) =>
      (!severities || severities.has(one.severity)) &&
      (!rules || one.rules.some((rule) => rules.has(rule))) &&
      (!people || one.peopleCount > 0) &&
      (!states || states.includes(one.status)),
  );
}
