import type { CellGroup } from '../../matrix/paths/matrix.ts';
import type { Instance } from '../../snapshot/snapshot.ts';
import type { Access, InstanceClass } from '../access.ts';
import { conditionText, landsAsText } from '../changes.ts';
import { type Html, html } from '../escape.ts';
import { byInstance, memberCount, reachKey } from '../grid.ts';
import { PAGE_LIMITS } from '../limits.ts';
import { count, shortPrincipal, thousands } from '../names.ts';
import { pathTitle } from '../path-facts.ts';
import type { Report } from '../report.ts';
import { ROOT, SHELL, SHELL_IF, UNKNOWN } from '../strength.ts';
import { empty, leftOut, type PageView, type Section, section, strengthKey } from './view.ts';

/** The instances to list, those with the same cells in one entry; the most exposed where there are too many. */
export function shownInstances(report: Report, access: Access, exposure: readonly number[]): InstanceClass[] {
  const all = access.instanceClasses.map(({ members }) => ({
    members: [...members].sort((a, b) => byInstance(report.matrix, a, b)),
  }));
  return all
    .sort((a, b) => {
      const [one, other] = [a.members[0] ?? 0, b.members[0] ?? 0];
      return (exposure[other] ?? 0) - (exposure[one] ?? 0) || byInstance(report.matrix, one, other);
    })
    .slice(0, PAGE_LIMITS.instances);
}

/** For every instance: who can get a shell on it, how, and under which condition. */
export function instancesSection(view: PageView): Section {
  const { matrix } = view.report;
  const left = matrix.instances.length - memberCount(view.shown);
  const lead =
    matrix.instances.length === 0
      ? null
      : 'Who can get a shell, instance by instance, the most exposed first.';
  return section('instances', 'Instances', matrix.instances.length, lead, [
    matrix.instances.length === 0
      ? empty('No instances in what was collected.')
      : html`${view.shown.map((one) => instanceEntry(one, view))}`,
    html`${leftOut(left, 'instances are', 'report.csv')}`,
  ]);
}

interface Holder {
  readonly principals: readonly number[];
  readonly groups: readonly number[];
  readonly strongest: number;
}

function instanceEntry(one: InstanceClass, view: PageView): Html {
  const { matrix } = view.report;
  const holders = holdersOf(one, view);
  const shown = holders.slice(0, PAGE_LIMITS.rowsPerInstance);
  const left = memberCountOf(holders) - memberCountOf(shown);
  const members = one.members.slice(0, PAGE_LIMITS.membersPerInstance);
  const more = one.members.length - members.length;
  const ids = one.members.map((member) => matrix.instances[member]?.id ?? '');
  return html`<article class="card instance">
<header><ul class="members">${members.map((member) => memberLine(member, view))}${
    more > 0 && html`<li class="muted">and ${thousands(more)} more with the same access: see report.csv</li>`
  }</ul><p class="tallies">${tallies(holders)}</p></header>
${shown.length === 0 ? html`<p class="quiet">Nobody can get a shell.</p>` : holderTable(shown, ids, view)}
${left > 0 && html`<p class="left">${thousands(left)} more principals not shown here: report.csv holds them all.</p>`}
</article>
`;
}

function memberLine(member: number, view: PageView): Html {
  const instance = view.report.matrix.instances[member];
  if (instance === undefined) return html``;
  const name = instance.name === null || instance.name === '' ? null : instance.name;
  return html`<li><h3>${name ?? instance.id}</h3> <span class="mono muted">${name !== null && html`${instance.id} `}${instance.region}</span> ${factsLine(view.instances.get(instance.id), view)}</li>`;
}

function memberCountOf(holders: readonly Holder[]): number {
  return holders.reduce((sum, holder) => sum + holder.principals.length, 0);
}

function holdersOf(one: InstanceClass, view: PageView): Holder[] {
  const { matrix } = view.report;
  const { groupStrengths: strengths, groupsOn } = view.summary.access;
  const shellGroups = groupsOn(one.members[0] ?? 0).filter((index) =>
    isShell(matrix.groups[index], strengths[index] ?? 0),
  );
  const groupsOf = new Map<number, number[]>();
  for (const index of shellGroups) {
    for (const principal of matrix.groups[index]?.principals ?? []) {
      const list = groupsOf.get(principal);
      if (list === undefined) groupsOf.set(principal, [index]);
      else list.push(index);
    }
  }
  const byGroups = new Map<string, { principals: number[]; groups: number[] }>();
  for (const [principal, groups] of groupsOf) {
    const key = groups.join(',');
    const known = byGroups.get(key);
    if (known === undefined) byGroups.set(key, { principals: [principal], groups });
    else known.principals.push(principal);
  }
  return [...byGroups.values()]
    .map((holder) => ({
      ...holder,
      strongest: Math.max(...holder.groups.map((index) => strengths[index] ?? 0)),
    }))
    .sort((a, b) => b.strongest - a.strongest || b.groups.length - a.groups.length);
}

function isShell(group: CellGroup | undefined, strength: number): boolean {
  return group !== undefined && (strength >= SHELL_IF || strength === UNKNOWN);
}

function tallies(holders: readonly Holder[]): Html[] {
  const total = (strength: number) =>
    holders
      .filter((holder) => holder.strongest === strength)
      .reduce((sum, holder) => sum + holder.principals.length, 0);
  return [ROOT, SHELL, SHELL_IF, UNKNOWN]
    .filter((strength) => total(strength) > 0)
    .map((strength) => html`<span>${strengthKey(strength)} ${thousands(total(strength))}</span> `);
}

function factsLine(instance: Instance | undefined, view: PageView): Html | null {
  if (instance === undefined) return null;
  const region = view.report.snapshot.regions.find((candidate) => candidate.region === instance.region);
  const managed = region?.managedInstances?.find((candidate) => candidate.id === instance.id);
  const agent =
    region === undefined || region.managedInstances === null
      ? 'agent state not collected'
      : managed === undefined
        ? 'not registered with Systems Manager'
        : `agent ${managed.pingStatus.toLowerCase()}`;
  const tags = instance.tags.filter((tag) => tag.key !== 'Name').slice(0, 12);
  return html`<span class="facts">${instance.state}, ${instance.platform}, ${agent}, ${
    instance.publicIps.length > 0 ? 'public address' : 'no public address'
  }${tags.map((tag) => html` <span class="tag">${tag.key}=${tag.value}</span>`)}</span>`;
}

function holderTable(holders: readonly Holder[], ids: readonly string[], view: PageView): Html {
  return html`<table class="list stack holders">
<thead><tr><th scope="col"><span class="vh">Strongest</span></th><th scope="col">Principal</th><th scope="col">Ways in</th></tr></thead>
<tbody>
${holders.map(
  (
    holder,
  ) => html`<tr><td>${strengthKey(holder.strongest)}</td><td>${names(holder.principals, view)}</td><td><ul class="ways">${holder.groups.map((index) => way(index, ids, view))}</ul></td></tr>
`,
)}</tbody>
</table>`;
}

function names(principals: readonly number[], view: PageView): Html {
  const shown = principals.slice(0, PAGE_LIMITS.namesPerRow);
  const left = principals.length - shown.length;
  const arns = shown.map((index) => view.report.matrix.principals[index]?.arn ?? '');
  return html`<ul class="names">${arns.map((arn) => html`<li title="${arn}">${shortPrincipal(arn)}</li>`)}${
    left > 0 && html`<li class="muted">and ${count(left, 'more', 'more')} in report.csv</li>`
  }</ul>`;
}

function way(index: number, ids: readonly string[], view: PageView): Html {
  const group = view.report.matrix.groups[index];
  if (group === undefined) return html``;
  const { outcome } = group;
  const closed = ids.filter((id) => view.reach.get(reachKey(id, group.path)) === false).length;
  return html`<li>${strengthKey(view.summary.access.groupStrengths[index] ?? 0)} <span class="path">${pathTitle(group.path)}</span>${
    outcome.landsAs.length > 0 && html` ${landsAsText(outcome.landsAs)}`
  }${outcome.condition !== null && html`, <span class="if">${conditionText(outcome.condition)}</span>`}${
    outcome.via.length > 0 &&
    html`, via <span class="mono">${outcome.via.map(shortPrincipal).join(' → ')}</span>`
  }${outcome.missing !== undefined && html`, ${outcome.missing} was not collected`}${
    closed > 0 &&
    html` <span class="note">not reachable now${closed < ids.length && ` on ${closed} of ${ids.length}`}</span>`
  }${outcome.uncertain.length > 0 && html` <span class="note">uncertain: ${outcome.uncertain.join(', ')}</span>`}</li>`;
}
