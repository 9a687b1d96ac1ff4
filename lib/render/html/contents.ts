import { count, thousands } from '../../policy/counted.ts';
import { type Html, html } from '../escape.ts';
import type { PageView } from './view.ts';

/** The views of the page, and the number of things in each; null if counting makes no sense. */
export function contents({ report, summary, since }: PageView): Html {
  const gaps = summary.gaps.length + report.problems.length;
  const views: readonly (readonly [id: string, title: string, size: number | string | null])[] = [
    ['summary', 'Summary', null],
    ['findings', 'Findings', summary.standing.length],
    ['matrix', 'Matrix', null],
    ['instances', 'Instances', report.matrix.instances.length],
    ['principals', 'Principals', report.matrix.principals.length],
    ['drift', 'Drift', since.changes.length],
    ['exceptions', 'Exceptions', summary.excepted],
    ['coverage', 'Coverage', gaps === 0 ? 'complete' : count(gaps, 'gap')],
    ['method', 'Method', null],
  ];
  // of a blind audit none means not read
  const isKnown = (size: number | string | null): size is number | string =>
    size !== null && (size !== 0 || summary.state !== 'blind');
  return html`<nav class="contents" aria-label="Views">
<ol>
${views.map(
  ([id, title, size]) =>
    html`<li><a href="#${id}">${title}${isKnown(size) && html` <span class="n">${typeof size === 'number' ? thousands(size) : size}</span>`}</a></li>
`,
)}</ol>
</nav>
`;
}
