import { type Combined, openOf } from '../../evaluator/combine.ts';
import { and, type Formula, or, settle } from '../../evaluator/formula.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Account, Subject } from '../account/account.ts';
import { arnsBeside } from '../account/beside.ts';
import { type ExistingThing, existingThings } from '../account/existing.ts';
import { ANY_POLICY_NAME } from '../account/hypothetical-principals.ts';
import { grantsOf } from '../account/one-cell.ts';
import { newThings } from '../account/own-names.ts';
import { plainRow } from '../account/plain-row.ts';
import { ask } from '../account/question.ts';
import type { Target } from '../account/target.ts';
import type { RequestRow } from '../paths/access-path.ts';
import type { Grant } from '../paths/cell.ts';
import type { EscalationRequest, Existing } from '../paths/escalation.ts';
import type { Reduce } from './assume-role.ts';
import { ofResource } from './own-request.ts';

/** The condition for requests, and the answer of each layer. */
export interface Asked {
  readonly open: Formula;
  readonly combined: readonly Combined[];
  /** the missing call if it rests on something that was not read */
  readonly missing?: string;
}

/** A resource and the region of its request; left out: IAM, which has none. */
type Placed = Target & { readonly region?: string };

const CLOSED: Asked = { open: false, combined: [] };
/** Asked together with another request. */
const NOTHING: Asked = { open: true, combined: [] };

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
    let missing: string | undefined;
    for (const request of requests) {
      const asked = this.#one(subject, request, requests, target);
      combined.push(...asked.combined);
      missing ??= asked.missing;
      open = and(open, asked.open);
      if (open === false) return CLOSED;
    }
    const gap = missing === undefined ? {} : { missing };
    return { open: this.#reduce(open, [], subject.given), combined, ...gap };
  }

  #one(
    subject: Subject,
    request: EscalationRequest,
    requests: readonly EscalationRequest[],
    target: Placed,
  ): Asked {
    if (!isAnywhere(request)) return this.#onTarget(subject, request, target);
    if (!request.on.startsWith('new:')) return this.#anywhere(subject, request);
    const onSame = requests.filter(({ on }) => on === request.on);
    return onSame[0] === request ? this.#created(subject, onSame) : NOTHING;
  }

  /** All requests on one new thing, in one region and under one name. */
  #created(subject: Subject, requests: readonly EscalationRequest[]): Asked {
    const [first] = requests;
    let all: Asked = CLOSED;
    for (const place of first ? placesAnywhere(first, this.#account, subject) : []) {
      const asked = this.#onPlace(subject, requests, place);
      if (asked.open === true) return asked;
      if (asked.open !== false) all = all === CLOSED ? asked : { ...all, open: or(all.open, asked.open) };
    }
    return all;
  }

  #onPlace(subject: Subject, requests: readonly EscalationRequest[], place: ExistingThing): Asked {
    const combined: Combined[] = [];
    let open: Formula = true;
    for (const request of requests) {
      const asked = this.#ask(subject, request, place, place.region);
      combined.push(...asked.combined);
      open = and(open, asked.open);
      if (open === false) return CLOSED;
    }
    return { open, combined };
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

  /** In any region. What was read comes first. */
  #anywhere(subject: Subject, request: EscalationRequest): Asked {
    const places = placesAnywhere(request, this.#account, subject);
    const read = places.filter(({ missing }) => missing === undefined);
    const asked = this.#anyOf(subject, request, read);
    const [unread] = places.filter(({ missing }) => missing !== undefined);
    if (asked.open !== false || unread?.missing === undefined) return asked;
    const rest = places.filter((place) => !read.includes(place));
    return { ...this.#anyOf(subject, request, rest), missing: unread.missing };
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

/** Created in any region, anything that exists there, or a request without a resource. */
export function isAnywhere({ on }: EscalationRequest): boolean {
  return on === 'any' || on.startsWith('new:') || on.startsWith('existing:');
}

/** The resources of such a request. What its creator names has an unlikely name, or one that a policy allows. */
export function placesAnywhere(
  request: EscalationRequest,
  account: Account,
  subject: Subject,
): readonly ExistingThing[] {
  const { on } = request;
  if (on.startsWith('existing:')) return existingThings(account, on.slice('existing:'.length) as Existing);
  const regions = [...account.regions.keys()];
  const unnamed = regions.map((region) => ({ arn: newArn(request, region, account), tags: [], region }));
  const [, service, type, rest] = /^new:([^:]+):(.*)(new-0{17}.*)$/.exec(on) ?? [];
  if (service === undefined || type === undefined) return unnamed;
  const named = newThings(subject, account, { service, type, unnamed: `${type}${rest}` });
  return [...unnamed, ...named.map((one) => ({ ...one, tags: [] }))];
}

/** The ARN of a new resource in a region. */
function newArn({ on }: EscalationRequest, region: string, { snapshot }: Account): string {
  if (on === 'any') return '*';
  const [, service = '', ...rest] = on.split(':');
  return `arn:${snapshot.partition}:${service}:${region}:${snapshot.accountId}:${rest.join(':')}`;
}

export function grantsIn({ combined }: Asked): readonly Grant[] {
  return grantsOf(combined).filter(({ policy }) => policy !== ANY_POLICY_NAME);
}
