import type { Finding, FindingStatus } from './finding.ts';

/** Which findings somebody asks for; what is left out is not asked. */
export interface FindingFilter {
  readonly severities?: ReadonlySet<string> | null;
  /** findings that break one of these rules, whatever else they break */
  readonly rules?: ReadonlySet<string> | null;
  /** only what people hold, or somebody from outside */
  readonly people?: boolean;
  readonly states?: readonly FindingStatus[];
}

/** Still there, and accepted by nobody. */
export const STANDING: readonly FindingStatus[] = ['new', 'reopened', 'open'];

/** The findings that fit, in the order they came. */
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
