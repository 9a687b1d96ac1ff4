import { count, thousands } from '../policy/counted.ts';
import { type Audited, isFirst } from './digest-audited.ts';
import { accessChanges } from './digest-change-data.ts';
import { clip, subjectLine, visible } from './escape.ts';

/** `[EC2 access] 111122223333: 4 access changes (1 critical), +6 new, 2 critical, complete (2026-08-23)` */
export function digestSubject(audited: Audited, failed: number, team?: string): string {
  const parts = [...newsParts(audited), ...failedPart(failed)];
  if (audited.states.blind > 0) return blindSubject(audited, parts, team);
  const whole = [...(parts.length === 0 ? ['no findings'] : parts), ...stateText(audited)].join(', ');
  return subjectLine(`[EC2 access] ${scopeOf(audited, team)}: ${whole} (${dateOf(audited)})`);
}

function newsParts(audited: Audited): readonly string[] {
  const { findings, severities } = audited;
  return [
    ...accessPart(audited),
    ...(findings.fresh > 0 ? [`+${thousands(findings.fresh)} new`] : []),
    ...(severities.critical > 0 ? [`${thousands(severities.critical)} critical`] : []),
  ];
}

/**
 * A change of the file of expected access is named only if nothing else changed: the subject is short, and the mail has
 * it.
 */
function accessPart(audited: Audited): readonly string[] {
  const { changes } = audited;
  const access = accessChanges(changes);
  const worst = changes.critical > 0 ? ` (${thousands(changes.critical)} critical)` : '';
  if (access > 0) return [`${count(access, 'access change')}${worst}`];
  if (isFirst(audited)) return [];
  return changes.count > 0 ? ['no drift', 'expected access changed'] : ['no drift'];
}

const failedPart = (failed: number): readonly string[] =>
  failed === 0 ? [] : [`${thousands(failed)} FAILED`];

/** The state of a single account; for several accounts the number of partial ones. */
function stateText({ accounts, states }: Audited): readonly string[] {
  if (accounts === 0) return [];
  if (states.partial === 0) return ['complete'];
  return [accounts === 1 ? 'partial' : `${thousands(states.partial)} partial`];
}

/**
 * `[EC2 access] NOT AUDITED 111122223333: ... (2026-08-23)`; for several accounts their number, before what the others
 * have.
 */
function blindSubject(audited: Audited, parts: readonly string[], team: string | undefined): string {
  const scope = scopeOf(audited, team);
  const head =
    audited.accounts === 1
      ? `NOT AUDITED ${scope}: ${clip(visible(audited.blind[0]?.text ?? ''), 45)}`
      : [`${scope}: ${thousands(audited.states.blind)} NOT AUDITED`, ...parts].join(', ');
  return subjectLine(`[EC2 access] ${head} (${dateOf(audited)})`);
}

export function scopeOf({ accounts, accountId }: Audited, team?: string): string {
  if (team !== undefined) return team;
  return accounts === 1 ? accountId : count(accounts, 'account');
}

export const dateOf = ({ takenAt }: Audited): string => (takenAt === '' ? 'no audit' : takenAt.slice(0, 10));
