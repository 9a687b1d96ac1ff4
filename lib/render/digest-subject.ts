import { count, thousands } from '../policy/counted.ts';
import { type Audited, isFirst } from './digest-audited.ts';
import { accessChanges } from './digest-change-data.ts';
import { clip, SUBJECT_LENGTH, subjectLine, visible } from './escape.ts';

/** `[EC2 access] 111122223333: 4 access changes (1 critical), +6 new, 2 critical, complete (2026-08-23)` */
export function digestSubject(audited: Audited, failed: number, team?: string): string {
  const parts = [...newsParts(audited), ...failedPart(failed)];
  if (audited.states.blind > 0) return blindSubject(audited, parts, team);
  const nothing: Part = { text: 'no findings', weight: 5 };
  const whole = [...(parts.length === 0 ? [nothing] : parts), ...statePart(audited)];
  return fitted(`${scopeOf(audited, team)}: `, whole, audited);
}

/** A part of the subject. If it is too long, those of the smallest weight are left out: no word is ever cut. */
interface Part {
  readonly text: string;
  readonly weight: number;
}

function fitted(head: string, parts: readonly Part[], audited: Audited): string {
  const whole = `[EC2 access] ${head}${parts.map(({ text }) => text).join(', ')} (${dateOf(audited)})`;
  if (Array.from(visible(whole)).length <= SUBJECT_LENGTH || parts.length <= 1) return subjectLine(whole);
  const least = Math.min(...parts.map(({ weight }) => weight));
  return fitted(
    head,
    parts.filter(({ weight }) => weight > least),
    audited,
  );
}

function newsParts(audited: Audited): readonly Part[] {
  const { findings, severities } = audited;
  return [
    ...accessPart(audited),
    ...(findings.fresh > 0 ? [{ text: `+${thousands(findings.fresh)} new`, weight: 1 }] : []),
    ...(severities.critical > 0 ? [{ text: `${thousands(severities.critical)} critical`, weight: 2 }] : []),
  ];
}

/**
 * A change of the file of expected access is named only if nothing else changed: the subject is short, and the mail has
 * it.
 */
function accessPart(audited: Audited): readonly Part[] {
  const { changes } = audited;
  const access = accessChanges(changes);
  const worst = changes.critical > 0 ? ` (${thousands(changes.critical)} critical)` : '';
  if (access > 0) return [{ text: `${count(access, 'access change')}${worst}`, weight: 5 }];
  if (isFirst(audited)) return [];
  const none: Part = { text: 'no drift', weight: 5 };
  return changes.count > 0 ? [none, { text: 'expected access changed', weight: 4 }] : [none];
}

const failedPart = (failed: number): readonly Part[] =>
  failed === 0 ? [] : [{ text: `${thousands(failed)} FAILED`, weight: 6 }];

/** The state of a single account; for several accounts the number of partial ones. */
function statePart({ accounts, states }: Audited): readonly Part[] {
  if (accounts === 0) return [];
  if (states.partial === 0) return [{ text: 'complete', weight: 3 }];
  return [{ text: accounts === 1 ? 'partial' : `${thousands(states.partial)} partial`, weight: 3 }];
}

/**
 * `[EC2 access] NOT AUDITED 111122223333: ... (2026-08-23)`; for several accounts their number, before what the others
 * have.
 */
function blindSubject(audited: Audited, parts: readonly Part[], team: string | undefined): string {
  const scope = scopeOf(audited, team);
  if (audited.accounts === 1) {
    const why = clip(visible(audited.blind[0]?.text ?? ''), 45);
    return subjectLine(`[EC2 access] NOT AUDITED ${scope}: ${why} (${dateOf(audited)})`);
  }
  const blind: Part = { text: `${thousands(audited.states.blind)} NOT AUDITED`, weight: 7 };
  return fitted(`${scope}: `, [blind, ...parts], audited);
}

export function scopeOf({ accounts, accountId }: Audited, team?: string): string {
  if (team !== undefined) return team;
  return accounts === 1 ? accountId : count(accounts, 'account');
}

export const dateOf = ({ takenAt }: Audited): string => (takenAt === '' ? 'no audit' : takenAt.slice(0, 10));
