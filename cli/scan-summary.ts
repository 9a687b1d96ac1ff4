import { join } from 'node:path';
import { styleText } from 'node:util';
import type { AuditOutput } from '../lib/pipeline/audit.ts';
import type { CollectOutput } from '../lib/pipeline/collect.ts';
import type { FixOutput } from '../lib/pipeline/fix.ts';
import type { PublishOutput } from '../lib/pipeline/publish.ts';
import { count } from '../lib/policy/counted.ts';
import { acceptedCountText } from '../lib/render/accepted-text.ts';
import { visible } from '../lib/render/escape.ts';
import { RANKED_SCOPE, rankedProof } from '../lib/render/fix-text.ts';
import { kindsText } from '../lib/render/kind-counts.ts';
import { changeCounts, waysIn } from '../lib/render/ways-in.ts';

/** The results of the steps of a scan, as `--json` prints them. */
export interface ScanOutput {
  readonly collected: CollectOutput;
  readonly audited: AuditOutput;
  readonly fixed: FixOutput;
  readonly published: Pick<PublishOutput, 'alerts' | 'mails' | 'waiting'>;
}

export const reportIn = (out: string, run: string): string => join(out, 'runs', run, 'report.html');

/** What a scan did, in a few lines for a person. */
export function scanSummary({ collected, audited, fixed, published }: ScanOutput, out: string): string {
  const { findings } = audited;
  const standing = Object.entries(findings).filter(([, count]) => count > 0);
  const accepted = acceptedCountText(audited.accepted);
  const isBlind = audited.state === 'blind';
  const rows: readonly (readonly [string, string])[] = [
    ...(isBlind ? [['NOT AUDITED', visible(audited.why)] as const] : []),
    ['account', audited.accountId],
    ['judged', `${count(audited.principals, 'principal')}, ${count(audited.instances, 'instance')}`],
    ['access', isBlind ? 'not known' : accessText(audited)],
    [
      'findings',
      isBlind && standing.length === 0
        ? 'not known'
        : standing.map(([severity, count]) => `${count} ${coloured(severity)}`).join(', ') || 'none',
    ],
    ...(accepted === '' ? [] : [['accepted', accepted] as const]),
    ['drift', driftText(audited)],
    ['coverage', coverageText(collected, audited)],
    [
      'sent',
      `${count(published.alerts, 'alert')}, ${count(published.mails, 'mail')} in ${join(out, 'outbox')}`,
    ],
    ['report', reportIn(out, audited.run)],
  ];
  return `${rows.map(([name, value]) => `${name.padEnd(9)} ${value}\n`).join('')}${fixText(fixed)}`;
}

/** Changes in the summary; the file of the run has all, with documents and commands. */
const FIXES_SHOWN = 3;

function fixText({ ranked, tooLarge }: FixOutput): string {
  if (tooLarge !== undefined)
    return `\nno fixes: ${count(tooLarge, 'pair')} of a principal and an instance take longer than the scan: \`--fixes 10\` computes them\n`;
  if (ranked.length === 0) return '';
  const lines = ranked
    .slice(0, FIXES_SHOWN)
    .map((fix) => `  ${fix.rank}. ${visible(fix.says)}\n     ${rankedProof(fix)}\n`);
  const more = ranked.length - lines.length;
  const rest = more > 0 ? `  and ${more} more: see fixes.json in the folder of the run\n` : '';
  return `\nchange first, each after the ones before it\n${lines.join('')}${rest}${RANKED_SCOPE}\n`;
}

function accessText({ cells, shells, isNobodySure }: AuditOutput): string {
  const who = kindsText(shells) || (isNobodySure ? 'nobody' : 'nobody known');
  return `${who} with a shell, ${waysIn(cells)}`;
}

const colours = { critical: 'red', high: 'yellow', medium: 'cyan', low: 'dim', info: 'dim' } as const;

function coloured(severity: string): string {
  return styleText(colours[severity as keyof typeof colours] ?? 'reset', severity, {
    stream: process.stdout,
  });
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** Only calls that verdicts depend on: the others are in the file. */
function coverageText({ gaps, keptGaps, leftOut }: CollectOutput, { state, undecided }: AuditOutput): string {
  const wants = [
    ...(gaps === 0 ? [] : [count(gaps, 'gap')]),
    ...(leftOut === 0 ? [] : [`${count(leftOut, 'item')} left out`]),
  ];
  const said = [[state, ...wants].join(', '), ...(undecided === '' ? [] : [lowerFirst(undecided)])];
  if (said.length + wants.length > 1) return `${said.join('; ')}: see coverage.json`;
  if (state !== 'partial' || keptGaps === 0) return state;
  return 'complete for what verdicts depend on: coverage.json has the rest';
}

function driftText({ state, previousRun, drift, driftSinceScan }: AuditOutput): string {
  const own = changeCounts(drift);
  if (state === 'blind' && own === '') return 'not known';
  if (previousRun === null) return 'none: this is the first run';
  const sinceScan = changeCounts(driftSinceScan);
  if (sinceScan === own) return own || 'none';
  return `${own || 'none'} since the last check of events, ${sinceScan} since the last scan`;
}
