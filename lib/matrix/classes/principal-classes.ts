import type { Subject } from '../account/account.ts';
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
  /** what policies see of the sessions that they start */
  readonly ownSession: string;
  /** what their access entries let them do in clusters of EKS */
  readonly entries: string;
  /** equal for principals of one class, however many others there are */
  readonly name: string;
}

const RESUME = actionNumber('ssm:ResumeSession');

/** What tells principals apart beside their policies: their sessions, and what is theirs in clusters. */
interface SessionKeys {
  /** whose sessions they may resume */
  readonly keyOf: (subject: Subject) => string;
  /** the sessions that they start */
  readonly ownSession: (subject: Subject) => string;
  /** as whom they run */
  readonly runAs: (subject: Subject) => string;
  /** their access entries */
  readonly entries: (subject: Subject) => string;
}

export function subjectClasses(
  subjects: readonly Subject[],
  principalViews: PrincipalViews,
  of: SessionKeys,
): readonly SubjectClass[] {
  const classes = new Map<string, SubjectClass & { members: number[] }>();
  for (const [i, first] of subjects.entries()) {
    const one = classWith(first, principalViews.of(first), of);
    const known = classes.get(one.name);
    if (known) known.members.push(i);
    else classes.set(one.name, { ...one, members: [i] });
  }
  return [...classes.values()];
}

/** A class of its own; `principalViews`: how the principal stands to each of ASKED_ACTIONS. */
export function classWith(first: Subject, principalViews: readonly number[], of: SessionKeys): SubjectClass {
  const runAs = of.runAs(first);
  const sessions = principalViews[RESUME] === 0 ? '' : of.keyOf(first);
  const ownSession = of.ownSession(first);
  const entries = of.entries(first);
  const own = [runAs, sessions, ownSession, entries];
  const name = [first.kind, first.missing ?? '', ...own, principalViews.join()].join('\t');
  return { first, members: [0], principalViews, runAs, sessions, ownSession, entries, name };
}
