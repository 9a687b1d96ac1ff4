import type { Subject } from '../account/account.ts';
import { actionNumber, NO_VIEW, type PrincipalViews } from './principal-views.ts';

/** Principals that every policy of a path treats alike. The first represents all. */
export interface SubjectClass {
  readonly first: Subject;
  /** indexes of the subjects */
  readonly members: readonly number[];
  /** the view of each of ASKED_ACTIONS */
  readonly principalViews: readonly number[];
  /** the OS user for their sessions */
  readonly runAs: string;
  /** equal for principals that may resume the same sessions */
  readonly sessions: string;
  /** what policies read of the sessions that they start */
  readonly ownSession: string;
  /** the rights of their access entries in EKS clusters */
  readonly entries: string;
  /** equal for equal classes, independent of other classes */
  readonly name: string;
}

const RESUME = actionNumber('ssm:ResumeSession');

/** What separates principals besides their policies. */
interface SessionKeys {
  /** the sessions that they may resume */
  readonly keyOf: (subject: Subject) => string;
  /** the sessions that they start */
  readonly ownSession: (subject: Subject) => string;
  /** the OS user of their sessions */
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
    const one = classWith(first, principalViews.of(first), { principalViews, of });
    const known = classes.get(one.name);
    if (known) known.members.push(i);
    else classes.set(one.name, { ...one, members: [i] });
  }
  return [...classes.values()];
}

/** The properties that separate classes. */
interface ClassKeys {
  readonly principalViews: PrincipalViews;
  readonly of: SessionKeys;
}

/** A class of one principal; `views`: its view of each of ASKED_ACTIONS. */
export function classWith(
  first: Subject,
  views: readonly number[],
  { principalViews, of }: ClassKeys,
): SubjectClass {
  const runAs = of.runAs(first);
  const sessions = views[RESUME] === NO_VIEW ? '' : of.keyOf(first);
  const ownSession = of.ownSession(first);
  const entries = of.entries(first);
  const own = [runAs, sessions, ownSession, entries];
  const name = [first.kind, first.missing ?? '', ...own, principalViews.ofAll(views)].join('\t');
  return { first, members: [0], principalViews: views, runAs, sessions, ownSession, entries, name };
}
