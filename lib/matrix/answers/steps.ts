import { combine } from '../../evaluator/combine.ts';
import { Residuals } from '../../evaluator/residual/residuals.ts';
import { once } from '../../memory/once.ts';
import { remembered } from '../../memory/remembered.ts';
import { instancesOf } from '../../snapshot/instances-of.ts';
import type { Instance, Role } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from '../account/account.ts';
import type { AuditedAccount } from '../account/audited-account.ts';
import { isSessionChoice, type SessionChoice } from '../account/chosen-sessions.ts';
import { missingTrust } from '../account/not-collected.ts';
import { assumeRole, reducedBy } from '../chains/assume-role.ts';
import { inAssumedSession } from '../chains/assumed-session.ts';
import type { ChainEnds } from '../chains/chain-end.ts';
import { bothCodes, OPEN, type Opening } from '../chains/codes.ts';
import { assumeFromOutside, outsideSubjects, requestOf } from '../chains/outside.ts';
import type { Step } from '../paths/cell.ts';
import { ESCALATIONS } from '../paths/escalations.ts';
import { Shells } from './shells.ts';
import { actionQuestions, assumeQuestions, choiceQuestions, type StepQuestion } from './step-questions.ts';

/** A step with its caller and its requests; `subject` is undefined if the principal no longer exists. */
export interface AskedStep {
  readonly step: Step;
  readonly subject: Subject | undefined;
  readonly questions: readonly StepQuestion[];
}

/** One link of a `via`. */
interface Link {
  readonly subject: Subject | undefined;
  /** the caller of the previous step */
  readonly before: Subject | undefined;
  readonly from: string;
  readonly to: string;
  readonly name: string;
  /** the principal that an IAM action leads to, if it is another one */
  readonly other: string | null;
  /** `from` is a session of `sts:AssumeRole` */
  readonly isAssumed: boolean;
}

/** Explains chains step by step: who becomes whom, by which request, and which trust policy statement allows it. */
export class Steps {
  readonly #account: Account;
  readonly #ends: ChainEnds;
  readonly #roles: ReadonlyMap<string, Role>;
  readonly #instances: () => ReadonlyMap<string, Instance>;
  readonly #shells: Shells;
  readonly #known = new Map<string, Step>();
  /** thousands of steps have the same few conditions */
  readonly #residuals = new Residuals([]);
  readonly #reduce = reducedBy(this.#residuals);
  #outside: ReadonlyMap<string, Subject> | null = null;

  constructor(audited: AuditedAccount, ends: ChainEnds) {
    this.#account = audited.account;
    this.#ends = ends;
    this.#shells = new Shells(audited);
    this.#roles = new Map(this.#account.snapshot.roles.map((role) => [role.arn, role]));
    const { snapshot } = this.#account;
    this.#instances = once(() => new Map(instancesOf(snapshot).map((one) => [one.arn, one])));
  }

  of(principal: string, via: readonly string[]): readonly Step[] {
    return this.#links(principal, via).map((link) => this.#step(link));
  }

  /** The steps with their requests. They are too large to keep for every step of a large account. */
  asked(principal: string, via: readonly string[]): readonly AskedStep[] {
    return this.#links(principal, via).map((link) => this.#make(link));
  }

  #links(principal: string, via: readonly string[]): readonly Link[] {
    const links: Link[] = [];
    let from = principal;
    for (let at = 0; at < via.length; at++) {
      const [name, next] = [via[at] as string, via[at + 1]];
      // in a `via`, an IAM action stands before the principal that it leads to
      const isPair =
        !name.startsWith('arn:') &&
        next !== undefined &&
        isSomebody(next) &&
        (leadsOn(name) || isPolicy(next));
      if (isPair) at += 1;
      const subject = this.#subject(principal, via.slice(0, isPair ? at - 1 : at));
      const to = this.#ends.of(principal, via.slice(0, at + 1))?.arn ?? from;
      const isAssumed = this.#assumes(links.at(-1));
      const before = strengthenedBy(links.at(-1));
      links.push({ subject, before, from, to, name, other: isPair ? (next as string) : null, isAssumed });
      from = to;
    }
    return links;
  }

  /** True if it ends in a session of `sts:AssumeRole`. */
  #assumes(link: Link | undefined): boolean {
    if (!link) return false;
    if (ADMITS.has(link.name) || isSessionChoice(link.name)) return true;
    return this.#roles.has(link.name) && (!link.subject || requestOf(link.subject) === 'sts:AssumeRole');
  }

  #subject(principal: string, via: readonly string[]): Subject | undefined {
    if (via.length > 0) return this.#ends.of(principal, via);
    this.#outside ??= new Map(outsideSubjects(this.#account).map((one) => [one.arn, one]));
    return this.#ends.of(principal, via) ?? this.#outside.get(principal);
  }

  #step(link: Link): Step {
    const { before, from, to, name, other, isAssumed } = link;
    const key = [before?.arn, from, to, name, other, isAssumed].join('\t');
    return remembered(this.#known, key, () => this.#make(link).step);
  }

  #make(link: Link): AskedStep {
    if (isSessionChoice(link.name)) return this.#byChoice(link, link.name);
    if (!link.name.startsWith('arn:')) return this.#byAction(link);
    const role = this.#roles.get(link.name);
    return role ? this.#byRole(link, role) : this.#byInstance(link);
  }

  #byAction(link: Link): AskedStep {
    const { subject, from, name, other, isAssumed } = link;
    const { questions, ...opening } = subject
      ? actionQuestions(subject, { action: name, other }, this.#account)
      : { questions: [], ...OPEN };
    const isOwn = questions.length > 0 || (other !== null && !isPolicy(other) && !isGroup(other));
    if (!isOwn && subject && link.before) return this.#madeStronger(link, subject, link.before);
    const rest = this.#remainingOf(opening, subject, isAssumed);
    const request = { action: name, resource: rewrittenIn(questions, name) ?? other ?? from };
    const step = { from, to: endOf(link), request, instance: null, path: null, trust: null, ...rest };
    return { step, subject, questions };
  }

  /** What the writer of the role's trust policy chooses for its session. */
  #byChoice({ subject, before, from, isAssumed }: Link, choice: SessionChoice): AskedStep {
    const role = subject?.role ?? null;
    const asked =
      before && role ? choiceQuestions(before, role, choice, this.#account) : { questions: [], ...OPEN };
    const { questions, ...opening } = asked;
    const rest = this.#remainingOf(opening, before, isAssumed);
    const request = { action: choice, resource: from };
    const by = before?.arn ?? from;
    const step = { from: by, to: from, request, instance: null, path: null, trust: null, ...rest };
    return { step, subject: before, questions };
  }

  /** The caller is the principal that assumes the changed one afterwards. */
  #madeStronger({ from, name, other, isAssumed }: Link, subject: Subject, by: Subject): AskedStep {
    const asked = actionQuestions(by, { action: name, other, self: subject }, this.#account);
    const { questions } = asked;
    const rest = this.#remainingOf(asked, by, isAssumed);
    const request = { action: name, resource: questions[0]?.request.resource ?? from };
    const step = { from: by.arn, to: from, request, instance: null, path: null, trust: null, ...rest };
    return { step, subject: by, questions };
  }

  #byRole({ subject, from, to, isAssumed }: Link, role: Role): AskedStep {
    const request = { action: subject ? requestOf(subject) : 'sts:AssumeRole', resource: role.arn };
    const opening = subject
      ? (subject.kind === 'outside' ? assumeFromOutside : assumeRole)(
          subject,
          role,
          this.#account,
          this.#reduce,
        )
      : OPEN;
    const questions = subject ? assumeQuestions(subject, role, this.#account) : [];
    const trust = missingTrust(role, this.#account.policies) === null ? trustIn(questions) : null;
    const rest = this.#remainingOf(opening, subject, isAssumed);
    return { step: { from, to, request, instance: null, path: null, trust, ...rest }, subject, questions };
  }

  /** A shell on an instance gives the instance's role. */
  #byInstance({ subject, from, to, name, isAssumed }: Link): AskedStep {
    const instance = this.#instances().get(name);
    const shell = subject && instance ? this.#shells.on(instance, subject) : { path: null, ...OPEN };
    const rest = this.#remainingOf(shell, subject, isAssumed);
    const step = { from, to, request: null, instance: name, path: shell.path, trust: null, ...rest };
    return { step, subject, questions: [] };
  }

  /** The condition of a step, and its codes. A session from `sts:AssumeRole` lacks the keys that only services set. */
  #remainingOf(
    { open, codes }: Opening,
    subject: Subject | undefined,
    isAssumed: boolean,
  ): Pick<Step, 'condition' | 'uncertain'> {
    const asked = isAssumed ? inAssumedSession(open) : open;
    const { remains, own } = this.#residuals.of(asked, [], subject?.given ?? []);
    return { condition: typeof remains === 'boolean' ? null : remains, uncertain: bothCodes(codes, own) };
  }
}

const ADMITS: ReadonlySet<string> = new Set(['iam:UpdateAssumeRolePolicy', 'iam:CreateRole']);

/** The caller of changes to a principal that was changed more than once: the one that assumes it afterwards. */
function strengthenedBy(last: Link | undefined): Subject | undefined {
  return last && last.from === last.to && last.before ? last.before : last?.subject;
}

/** The statement that allows the step: the first without a condition, else the first that may allow it. */
function trustIn(questions: readonly StepQuestion[]): Step['trust'] {
  const matches = questions.flatMap(
    ({ request, layers }) => combine(request, layers).answers.resource.matches,
  );
  const allows = matches.filter(({ ref, applies }) => ref.effect === 'Allow' && applies !== false);
  const match = allows.find(({ applies }) => applies === true) ?? allows[0];
  if (!match) return null;
  const { policy, statement, sid } = match.ref;
  return { policy, statement, sid };
}

/**
 * The function, state machine or stack that an action rewrites, or the group that it creates. The chain itself does not
 * show it.
 */
function rewrittenIn(questions: readonly StepQuestion[], action: string): string | undefined {
  const isRewriting = ESCALATIONS.some(
    ({ becomes, action: own }) => own === action && typeof becomes === 'object' && 'runBy' in becomes,
  );
  return isRewriting || action === 'iam:CreateGroup'
    ? questions.find(({ request }) => request.action === action)?.request.resource
    : undefined;
}

/** The principal after a step. Joining or leaving a group, or removing a policy from oneself, does not change it. */
function endOf({ to, other }: Link): string {
  return other === null || isGroup(other) || isPolicy(other) ? to : other;
}

function isGroup(arn: string): boolean {
  return /^arn:[^:]*:iam::\d+:group\//.test(arn);
}

function isPolicy(id: string): boolean {
  return /^arn:[^:]*:iam::[^:]*:(policy\/|.*#)/.test(id);
}

/** True if an IAM action leads to the principal that follows it; false if it changes the caller. */
function leadsOn(action: string): boolean {
  if (isSessionChoice(action)) return false;
  const row = ESCALATIONS.find((one) => one.action === action);
  return !['any-policy', 'no-boundary', 'own-tags', 'fewer-tags'].includes(row?.becomes as string);
}

/** A user, role or group. */
function isSomebody(arn: string): boolean {
  return /^arn:[^:]*:iam::/.test(arn);
}
