import { type Html, html } from '../escape.ts';
import { pathGroups, pathTitle } from '../path-facts.ts';
import { STRENGTHS } from '../strengths.ts';
import { UNCERTAINTIES } from '../uncertainties.ts';
import { type PageView, type Section, section, strengthKey } from './view.ts';

/** How to read the report. */
export function methodSection(view: PageView): Section {
  const used = new Set<string>(view.report.matrix.groups.flatMap((group) => [...group.outcome.uncertain]));
  return section({ id: 'method', title: 'Method', size: null, lead: null }, [
    html`<div class="prose">
<p>Every way onto an instance is a list of requests that must all be allowed. Each request is judged as IAM would judge it: identity policies, permissions boundary, service and resource control policies, session policies, explicit denies first. Only the account's configuration is read: nothing is tried out.</p>
<p><b>Allowed</b> needs nothing further. <b>Conditional</b> is open if the stated condition holds: MFA or a source address, for example, which only the request itself shows. <b>Unknown</b> means that a call which decides this gave no data. Everything else is denied. Denied access is not listed, but a square says why.</p>
<p><b>Authorised is not reachable.</b> Whether the agent is online, a port is open or the instance runs is shown beside a verdict and never changes it. The account's own root user may do everything and is not listed.</p>
<p><b>A change ranks</b> by what it opens: root critical, another shell high, anything else medium; one step lower while a condition remains, and lower again where the cell was as strong before. Access lost or tightened is information.</p>
</div>`,
    html`<div class="prose"><h2>How to work through it</h2>
<ol>
<li><a href="#coverage">Coverage</a> first: a call that gave no data may hide the worst.</li>
<li><a href="#drift">Drift</a> next: look at once at a way in that opened since the last audit and that you cannot explain.</li>
<li>Then the <a href="#findings">findings</a>, from the top. Each is one place to fix, and one fix closes it for everybody who holds access through it.</li>
<li>Declare in latchkey.yml what is meant to be so, such as administrators and deployments, with an owner and an end date. It then moves to <a href="#exceptions">Exceptions</a>.</li>
<li>For one instance, look up who gets onto it; for one principal, what it reaches. An empty square of the <a href="#matrix">matrix</a> says why not.</li>
</ol></div>`,
    html`<h2>Squares</h2><ul class="legend keys">${STRENGTHS.slice(1)
      .map((strength, index) => html`<li>${strengthKey(index + 1)} ${strength.word}</li>`)
      .reverse()}</ul>`,
    pathTable(view),
    used.size === 0 ? html`` : uncertaintyList(used),
  ]);
}

function pathTable(view: PageView): Html {
  if (view.report.matrix.paths.length === 0) return html``;
  return html`<h2>Paths</h2><div class="scroll" tabindex="0" role="region" aria-label="Paths">
<table class="list"><thead><tr><th scope="col">Path</th><th scope="col">Id</th><th scope="col">Gives</th></tr></thead><tbody>
${view.report.matrix.paths.map(
  (path) =>
    html`<tr><th scope="row">${pathTitle(path)}</th><td class="mono">${path}</td><td>${pathGroups(path).join(', ')}</td></tr>
`,
)}</tbody></table></div>`;
}

function uncertaintyList(used: ReadonlySet<string>): Html {
  const shown = Object.entries(UNCERTAINTIES).filter(([code]) => used.has(code));
  return html`<h2>Uncertain verdicts</h2><dl class="codes">${shown.map(
    ([code, sentence]) => html`<dt class="mono">${code}</dt><dd>${sentence}</dd>`,
  )}</dl>`;
}
