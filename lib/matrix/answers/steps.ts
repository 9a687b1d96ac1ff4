import { combine } from '../../evaluator/combine.ts';
import type { Condition } from '../../evaluator/decision.ts';
import { remaining } from '../../evaluator/residual/remaining.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Role } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from '../account/account.ts';
import { missingTrust } from '../account/not-collected.ts';
import { questionWith } from '../account/question.ts';
import { contextOf } from '../account/request-context.ts';
import { assumeRole } from '../chains/assume-role.ts';
import type { ChainEnds } from '../chains/chain-end.ts';
import { assumeFromOutside, comingAs, outsideSubjects, requestOf } from '../chains/outside.ts';
import type { Step } from '../paths/cell.ts';

/** Chains told step by step: who becomes whom, by which request, and which statement of a trust policy lets him in. */
export class Steps {
  readonly #account: Account;
  readonly #ends: ChainEnds;
  readonly #roles: ReadonlyMap<string, Role>;
  readonly #known = new Map<string, Step>();
  #outside: ReadonlyMap<string, Subject> | null = null;

  constructor(account: Account, ends: ChainEnds) {
    this.#account = account;
    this.#ends = ends;
    this.#roles = new Map(account.snapshot.roles.map((role) => [role.arn, role]));
  }

  of(principal: string, via: readonly string[]): readonly Step[] {
    const steps: Step[] = [];
    let from = principal;
    for (let at = 0; at < via.length; at++) {
      const [step, next] = [via[at] as string, via[at + 1]];
      // an IAM action that leads to somebody else stands before him
      const isPair = !step.startsWith('arn:') && next !== undefined && isSomebody(next);
      if (isPair) at += 1;
      const subject = this.#subject(principal, via.slice(0, isPair ? at - 1 : at));
      const to = this.#ends.of(principal, via.slice(0, at + 1))?.arn ?? from;
      steps.push(this.#step(subject, from, to, step, isPair ? (next as string) : null));
      from = to;
    }
    return steps;
  }

  #subject(principal: string, via: readonly string[]): Subject | undefined {
    if (via.length > 0) return this.#ends.of(principal, via);
    this.#outside ??= new Map(outsideSubjects(this.#account).map((one) => [one.arn, one]));
    return this.#ends.of(principal, via) ?? this.#outside.get(principal);
  }

  #step(subject: Subject | undefined, from: string, to: string, step: string, other: string | null): Step {
    const name = [from, to, step, other].join('\t');
    return remembered(this.#known, name, () => this.#make(subject, from, to, step, other));
  }

  #make(subject: Subject | undefined, from: string, to: string, step: string, other: string | null): Step {
    const nothing = { trust: null, condition: null };
    if (!step.startsWith('arn:')) {
      const request = { action: step, resource: other ?? from };
      return { from, to: other ?? to, request, instance: null, ...nothing };
    }
    const role = this.#roles.get(step);
    if (!role) return { from, to, request: null, instance: step, ...nothing };
    const request = { action: subject ? requestOf(subject) : 'sts:AssumeRole', resource: role.arn };
    const open = subject
      ? (subject.kind === 'outside' ? assumeFromOutside : assumeRole)(subject, role, this.#account)
      : true;
    const residual = remaining(open);
    const condition: Condition | null = typeof residual === 'boolean' ? null : residual;
    return {
      from,
      to,
      request,
      instance: null,
      trust: subject ? this.#trust(subject, role, request.action) : null,
      condition,
    };
  }

  /** The statement that lets him in: the first that does without condition, else the first that may. */
  #trust(subject: Subject, role: Role, action: string): Step['trust'] {
    const resourcePolicy = this.#account.policies.get(role.trust);
    if (!resourcePolicy || missingTrust(role, this.#account.policies) !== null) return null;
    const row = { action, on: 'any' } as const;
    const target = { arn: role.arn, tags: role.tags };
    const matches = comingAs(subject, role, this.#account).flatMap((principal) => {
      const who = { ...subject, principal };
      const context = contextOf(row, target, '', who, this.#account);
      const asked = { subject: who, row, target, resourcePolicy };
      const { request, layers } = questionWith(this.#account, asked, context);
      return combine(request, layers).answers.resource.matches;
    });
    const allows = matches.filter(({ ref, applies }) => ref.effect === 'Allow' && applies !== false);
    const match = allows.find(({ applies }) => applies === true) ?? allows[0];
    if (!match) return null;
    const { policy, statement, sid } = match.ref;
    return { policy, statement, sid };
  }
}

/** A user, role or group. */
function isSomebody(arn: string): boolean {
  return /^arn:[^:]*:iam::/.test(arn);
}
