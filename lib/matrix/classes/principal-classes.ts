import type { Subject } from '../account/account.ts';
import { runAsTag } from '../paths/lands-as.ts';
import { actionNumber, type PrincipalViews } from './principal-views.ts';

/** Principals that no policy of a path tells apart: the first of them is asked for all. */
export interface SubjectClass {
  readonly first: Subject;
  /** indexes of the subjects */
  readonly members: readonly number[];
  /** how they stand to each of ASKED_ACTIONS */
  readonly principalViews: readonly number[];
  /** the OS user that their sessions ask for */
  readonly runAs: string;
  /** whose sessions they may resume depends on this, too */
  readonly sessions: string;
}

const RESUME = actionNumber('ssm:ResumeSession');

/** `sessionsOf`: what the answer to resuming a session depends on beside the policies. */
export function subjectClasses(
  subjects: readonly Subject[],
  principalViews: PrincipalViews,
  sessionsOf: (subject: Subject) => string,
): readonly SubjectClass[] {
  const classes = new Map<string, SubjectClass & { members: number[] }>();
  for (const [i, first] of subjects.entries()) {
    const numbers = principalViews.of(first);
    const runAs = runAsName(first);
    const sessions = numbers[RESUME] === 0 ? '' : sessionsOf(first);
    const key = [first.kind, first.missing ?? '', runAs, sessions, numbers.join()].join('\t');
    const known = classes.get(key);
    if (known) known.members.push(i);
    else classes.set(key, { first, members: [i], principalViews: numbers, runAs, sessions });
  }
  return [...classes.values()];
}

/** What decides the OS user of a principal's sessions: equal names, equal users. */
export function runAsName({ tags, callerTags }: Subject): string {
  return callerTags ? `${runAsTag(tags)}\t*` : runAsTag(tags);
}
