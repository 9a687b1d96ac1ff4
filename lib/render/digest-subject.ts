import { byText } from './changes.ts';
import type { Audited } from './digest-audited.ts';
import { clip, subjectLine, visible } from './escape.ts';
import { count, thousands } from './names.ts';

/** `[EC2 access] 111122223333: 4 access changes (1 critical), +6 new, 2 critical, complete (2026-08-23)` */
export function digestSubject(audited: readonly Audited[], failed: number, team?: string): string {
  const blind = audited.filter(({ summary }) => summary.state === 'blind');
  const parts = [...newsParts(audited), ...failedPart(failed)];
  if (blind.length > 0) return blindSubject(audited, blind, parts, team);
  const whole = [...(parts.length === 0 ? ['no findings'] : parts), ...stateText(audited)].join(', ');
  return subjectLine(`[EC2 access] ${scopeOf(audited, team)}: ${whole} (${dateOf(audited)})`);
}

function newsParts(audited: readonly Audited[]): readonly string[] {
  const total = (number: (item: Audited) => number) => audited.reduce((sum, item) => sum + number(item), 0);
  const news = total((item) => item.news.filter(({ raisedFrom }) => raisedFrom === undefined).length);
  const drift = total((item) => item.changes.length);
  const worst = total((item) => item.changes.filter(({ change }) => change.severity === 'critical').length);
  const critical = total((item) => item.summary.severities.critical);
  const isFirst = audited.every((item) => item.isFirst);
  const changes = `${count(drift, 'access change')}${worst > 0 ? ` (${thousands(worst)} critical)` : ''}`;
  return [
    ...(drift > 0 ? [changes] : isFirst ? [] : ['no drift']),
    ...(news > 0 ? [`+${thousands(news)} new`] : []),
    ...(critical > 0 ? [`${thousands(critical)} critical`] : []),
  ];
}

const failedPart = (failed: number): readonly string[] =>
  failed === 0 ? [] : [`${thousands(failed)} FAILED`];

/** Of one account its state, of several how many are partial. */
function stateText(audited: readonly Audited[]): readonly string[] {
  if (audited.length === 0) return [];
  const partial = audited.filter(({ summary }) => summary.state === 'partial').length;
  if (partial === 0) return ['complete'];
  return [audited.length === 1 ? 'partial' : `${thousands(partial)} partial`];
}

/** `[EC2 access] NOT AUDITED 111122223333: ... (2026-08-23)`; of several accounts how many, before what the others have. */
function blindSubject(
  audited: readonly Audited[],
  blind: readonly Audited[],
  parts: readonly string[],
  team: string | undefined,
): string {
  const [first] = blind as readonly [Audited];
  const head =
    audited.length === 1
      ? `NOT AUDITED ${scopeOf(audited, team)}: ${clip(visible(first.summary.why), 45)}`
      : [`${scopeOf(audited, team)}: ${thousands(blind.length)} NOT AUDITED`, ...parts].join(', ');
  return subjectLine(`[EC2 access] ${head} (${dateOf(audited)})`);
}

export function scopeOf(audited: readonly Audited[], team?: string): string {
  if (team !== undefined) return team;
  const only = audited.length === 1 ? audited[0] : undefined;
  return only === undefined ? count(audited.length, 'account') : only.report.accountId;
}

export function dateOf(audited: readonly Audited[]): string {
  const latest = audited
    .map((item) => item.report.takenAt)
    .sort(byText)
    .at(-1);
  return latest === undefined ? 'no audit' : latest.slice(0, 10);
}
