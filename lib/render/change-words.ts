import type { Assigned } from '../drift/drift.ts';
import { andMore, count, thousands } from '../policy/counted.ts';
import { type CauseChange, type ChangeRow, CONFIGURED, whoText } from './changes.ts';
import { ssoName } from './names.ts';
import { opensRoot, pathTitle } from './path-facts.ts';
import { byStrength } from './row-strength.ts';
import { strengthOf } from './strength.ts';
import { ROOT, SHELL, SHELL_IF } from './strengths.ts';

/** `user/bob gained root on 8 instances, 5 of them production`: a change in words, by its strongest part. */
export function gainText(change: CauseChange): string {
  const { assigned } = change.cause;
  if (assigned !== undefined) return assignedText(assigned);
  if (change.cause.alike) return alikeText(change);
  return `${changeWho(change)} ${verbOf(change)} ${onText(change.counts)}`;
}

/** The same for every change; a change of the file of expected access changes no cell. */
export const changeText = (change: CauseChange): string =>
  change.cause.kind === 'configuration' ? CONFIGURED : gainText(change);

/** The same in short form. */
export function gainShort(change: CauseChange): string {
  const { assigned } = change.cause;
  if (assigned !== undefined) return assignedShort(assigned);
  if (change.cause.alike) return alikeText(change);
  return `${changeWho(change)} ${verbOf(change)} ${onShort(change.counts)}`;
}

type Counted = { readonly instances: number; readonly production: number | null } | undefined;

/** `8 instances, 5 of them production`, `2 instances, all production`; empty: not known, or none. */
function onText(counted: Counted): string {
  if (!counted) return '';
  const { instances, production } = counted;
  const part =
    production === instances ? 'all production' : `${thousands(production ?? 0)} of them production`;
  return `${count(instances, 'instance')}${production ? `, ${part}` : ''}`;
}

function onShort(counted: Counted): string {
  if (!counted) return '';
  const { instances, production } = counted;
  return `${count(instances, 'instance')}${production ? ` (${thousands(production)} production)` : ''}`;
}

/** `3 instances came, 3 went: the same 9 principals reach them`: nobody gained anything. */
function alikeText(change: CauseChange): string {
  const { rows, counts } = change;
  if (change.cause.again) return `${againWho(change)} created again`;
  const [came, went] = (['gained', 'lost'] as const).map((change) => {
    const those = rows.filter((row) => row.change === change);
    return new Set(those.flatMap(({ instances }) => instances)).size;
  }) as [number, number];
  // rows list a thousand of them at most
  const isAll = came + went >= counts.instances;
  const moved = [
    ...(came > 0 ? [`${count(came, 'instance')} came`] : []),
    ...(went > 0 ? [came > 0 ? `${thousands(went)} went` : `${count(went, 'instance')} went`] : []),
  ];
  const what = isAll ? moved.join(', ') : `${count(counts.instances, 'instance')} came or went`;
  const same = counts.principals === 1 ? 'principal reaches' : 'principals reach';
  return `${what}: the same ${thousands(counts.principals)} ${same} ${counts.instances === 1 ? 'it' : 'them'}`;
}

/** `2 people gained SSO Ops, which has root and reaches 8 instances`: new or former holders of a permission set. */
function assignedText(assigned: Assigned): string {
  const on = assigned.holds.length === 0 ? '' : onText(assigned.reach);
  const held = heldText(assigned);
  const has = [held === '' ? '' : `has ${held}`, on === '' ? '' : `reaches ${on}`];
  const joined = has.filter((part) => part !== '').join(' and ');
  return `${cameText(assigned)}${assigned.came === 0 || joined === '' ? '' : `, which ${joined}`}`;
}

/** `2 people gained SSO Ops: root, 8 instances (5 production)` */
function assignedShort(assigned: Assigned): string {
  const on = assigned.holds.length === 0 ? '' : onShort(assigned.reach);
  const joined = [heldText(assigned), on].filter((part) => part !== '').join(', ');
  return `${cameText(assigned)}${assigned.came === 0 || joined === '' ? '' : `: ${joined}`}`;
}

function cameText({ principal, came, left }: Assigned): string {
  const set = ssoName(principal) ?? principal;
  if (came > 0) return `${count(came, 'person', 'people')} gained ${set}`;
  if (left > 0) return `${count(left, 'person', 'people')} lost ${set}`;
  return `groups of ${set} changed, but no members were added or removed`;
}

/** The strongest access that the permission set gives; empty if that is not a shell. */
function heldText({ holds }: Assigned): string {
  const strengths = holds.map(({ path, verdict, landsAs }) => strengthOf(path, verdict, landsAs));
  return STRENGTH_WORDS.get(Math.max(...strengths)) ?? '';
}

const STRENGTH_WORDS: ReadonlyMap<number, string> = new Map([
  [ROOT, 'root'],
  [SHELL, 'a shell'],
  [SHELL_IF, 'a shell under a condition'],
]);

/** `2 people were`, `1 principal was`: who was created again; the cause names them. */
function againWho({ counts: { principals, people } }: CauseChange): string {
  const who = people === principals ? count(principals, 'person', 'people') : count(principals, 'principal');
  return `${who} ${principals === 1 ? 'was' : 'were'}`;
}

/**
 * The subject of a change; a role of IAM Identity Center by its permission set. A principal that was created
 * again is another one.
 */
function changeWho(change: CauseChange): string {
  const only = change.counts.principals === 1 ? change.rows[0]?.principals[0] : undefined;
  const who = (only === undefined ? null : ssoName(only)) ?? whoText(change);
  return change.cause.again ? `${who} (created again)` : who;
}

function verbOf({ rows, counts, severity }: CauseChange): string {
  const gains = rows.filter(({ change }) => change === 'gained').toSorted(byStrength);
  if (gains.length > 0) return `gained ${strengthText(gains, ({ after }) => after)} on`;
  const losses = rows.filter(({ change }) => change === 'lost').toSorted(byStrength);
  if (losses.length > 0 && counts.changed === 0)
    return `lost ${strengthText(losses, ({ before }) => before)} on`;
  if (rows.some(({ after }) => after.verdict === 'unknown')) return 'may have other access, not known, on';
  return severity === 'info' ? 'saw access narrow on' : 'saw access widen on';
}

/** The strongest access of rows: `root`, `root under a condition`, or the name of a path without a shell. */
function strengthText(rows: readonly ChangeRow[], stateOf: (row: ChangeRow) => ChangeRow['after']): string {
  const row = rows[0] as ChangeRow;
  const state = stateOf(row);
  const strongest = Math.max(...row.paths.map((path) => strengthOf(path, state.verdict, state.landsAs)));
  if (strongest === SHELL_IF && rows.some((one) => landsAsRoot(one, stateOf(one))))
    return 'root under a condition';
  const known = STRENGTH_WORDS.get(strongest);
  if (known !== undefined) return known;
  if (state.verdict === 'unknown') return 'access that is not known for sure';
  const condition = state.verdict === 'conditional' ? ' under a condition' : '';
  return `${pathTitle(row.paths[0] as ChangeRow['paths'][number])}${andMore(row.paths.length - 1)}${condition}`;
}

const landsAsRoot = ({ paths }: ChangeRow, { verdict, landsAs }: ChangeRow['after']): boolean =>
  verdict === 'conditional' && paths.some((path) => opensRoot(path, landsAs));
