import { type Combined, openOf } from '../../evaluator/combine.ts';
import { and, type Formula, or, settle } from '../../evaluator/formula.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Account, Subject } from '../account/account.ts';
import { arnsBeside } from '../account/beside.ts';
import { ANY_POLICY_NAME } from '../account/hypothetical-principals.ts';
import { grantsOf } from '../account/one-cell.ts';
import { plainRow } from '../account/plain-row.ts';
import { ask } from '../account/question.ts';
import type { Target } from '../account/target.ts';
import type { RequestRow } from '../paths/access-path.ts';
import type { Grant } from '../paths/cell.ts';
import type { EscalationRequest } from '../paths/escalation.ts';
import type { Reduce } from './assume-role.ts';
import { ofResource } from './own-request.ts';

/** The condition for requests, and the answer of each layer. */
export interface Asked {
  readonly open: Formula;
  readonly combined: readonly Combined[];
}

/** A resource and the region of its request; left out: IAM, which has none. */
type Placed = Target & { readonly region?: string };

const CLOSED: Asked = { open: false, combined: [] };

/** Evaluates the requests of the table of escalations. */
export class EscalationRequests {
  readonly #account: Account;
  readonly #reduce: Reduce;

  constructor(account: Account, reduce: Reduce) {
    this.#account = account;
    this.#reduce = reduce;
  }

  /** All requests of a row on any one of the targets. */
  any(subject: Subject, requests: readonly EscalationRequest[], targets: readonly Placed[]): Asked {
    let all: Asked = CLOSED;
    for (const target of targets) {
      const asked = this.#all(subject, requests, target);
      if (asked.open === false) continue;
      if (asked.open === true) return asked;
      all = all === CLOSED ? asked : { ...all, open: or(all.open, asked.open) };
    }
    return all;
  }

  #all(subject: Subject, requests: readonly EscalationRequest[], target: Placed): Asked {
    const combined: Combined[] = [];
    let open: Formula = true;
    for (const request of requests) {
      const asked = isAnywhere(request)
        ? this.#new(subject, request)
        : this.#onTarget(subject, request, target);
      combined.push(...asked.combined);
      open = and(open, asked.open);
      if (open === false) return CLOSED;
    }
    return { open: this.#reduce(open, [], subject.given), combined };
  }

  /** On the target, or on any of what the request names beside it. */
  #onTarget(subject: Subject, request: EscalationRequest, target: Placed): Asked {
    const { region = '' } = target;
    const beside = arnsBeside(request, target.arn, this.#account);
    if (beside === null) return this.#ask(subject, request, target, region);
    return this.#anyOf(
      subject,
      request,
      beside.map((arn) => ({ arn, tags: null, region })),
    );
  }

  /** A new resource may be created in any region. */
  #new(subject: Subject, request: EscalationRequest): Asked {
    const regions = [...this.#account.regions.keys()];
    const made = regions.map((region) => ({ arn: newArn(request, region, this.#account), tags: [], region }));
    return this.#anyOf(subject, request, made);
  }

  #anyOf(
    subject: Subject,
    request: EscalationRequest,
    targets: readonly (Target & { readonly region: string })[],
  ): Asked {
    let all: Asked = CLOSED;
    for (const target of targets) {
      const asked = this.#ask(subject, request, target, target.region);
      if (asked.open === true) return asked;
      if (asked.open !== false) all = all === CLOSED ? asked : { ...all, open: or(all.open, asked.open) };
    }
    return all;
  }

  #ask(subject: Subject, request: EscalationRequest, target: Target, region: string): Asked {
    const row = rowOf(request);
    const combined = ask(this.#account, { subject, row, target, region });
    return { open: ofResource(settle(openOf(combined), new Set()), target), combined: [combined] };
  }
}

const rows = new WeakMap<EscalationRequest, RequestRow>();

/** Always the same object, since rows are cache keys. */
function rowOf(request: EscalationRequest): RequestRow {
  const { action, context } = request;
  return context ? remembered(rows, request, () => ({ action, on: 'any', context })) : plainRow(action);
}

/** Created in any region, or a request there without a resource. */
export function isAnywhere({ on }: EscalationRequest): boolean {
  return on === 'any' || on.startsWith('new:');
}

/** The ARN of a new resource in a region. */
export function newArn({ on }: EscalationRequest, region: string, { snapshot }: Account): string {
  if (on === 'any') return '*';
  const [, service = '', ...rest] = on.split(':');
  return `arn:${snapshot.partition}:${service}:${region}:${snapshot.accountId}:${rest.join(':')}`;
}

export function grantsIn({ combined }: Asked): readonly Grant[] {
  return grantsOf(combined).filter(({ policy }) => policy !== ANY_POLICY_NAME);
}
