import type { Finding } from '../../findings/finding.ts';
import { worstFirst } from '../../findings/order.ts';
import { acceptedCounts, acceptedCountText } from '../accepted-text.ts';
import { html } from '../escape.ts';
import { PAGE_LIMITS } from '../limits.ts';
import { findingEntry } from './findings-section.ts';
import { leftOut, type PageView, type Section, section } from './view.ts';

/** What exceptions accept, and what declared administrators hold: kept apart, so that the findings are what is to do. */
export function acceptedSection({ report }: PageView): readonly Section[] {
  const all = report.findings.filter(({ status }) => status === 'excepted').sort(worstFirst);
  if (all.length === 0) return [];
  const of = (by: 'exception' | 'administrators'): readonly Finding[] =>
    all.filter(({ accepted }) => (accepted?.by ?? 'exception') === by).slice(0, PAGE_LIMITS.findings);
  const [exceptions, administrators] = [of('exception'), of('administrators')];
  const lead = `Known and accepted in latchkey.yml: ${acceptedCountText(acceptedCounts(report.findings))}.`;
  return [
    section('accepted', 'Accepted', all.length, lead, [
      html`${exceptions.length > 0 && html`<h3>Exceptions</h3>${exceptions.map(findingEntry)}`}`,
      html`${administrators.length > 0 && html`<h3>Declared administrators</h3>${administrators.map(findingEntry)}`}`,
      html`${leftOut(all.length - exceptions.length - administrators.length, 'findings are', 'findings.json')}`,
    ]),
  ];
}
