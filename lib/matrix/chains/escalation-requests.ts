import { type Combined, openOf } from '../../evaluator/combine.ts';
import { and, type Formula } from '../../evaluator/formula.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Account, Subject } from '../account/account.ts';
import { arnsBeside } from '../account/beside.ts';
import { existingThings, shapeOf } from '../account/existing.ts';
import { isToCome } from '../account/hypothetical-principals.ts';
import { regionIn } from '../account/named-arns.ts';
import { requestGrants } from '../account/one-cell.ts';
import { newThings } from '../account/own-names.ts';
import type { ExistingThing } from '../account/placeholders.ts';
import { plainRow } from '../account/plain-row.ts';
import { ask } from '../account/question.ts';
import type { Target } from '../account/target.ts';
import { equalTargets } from '../classes/target-classes.ts';
import type { RequestRow } from '../paths/access-path.ts';
import type { Grant } from '../paths/cell.ts';
import type { EscalationRequest, Existing } from '../paths/escalation.ts';
import type { Reduce } from './assume-role.ts';
import { type Edge, resting } from './chains.ts';
import {
  anyOpening,
  BEST,
  bothCodes,
  bothOpenings,
  CLOSED,
  type Codes,
  NO_CODES,
  OPEN,
  type Opening,
  rankOf,
  settled,
} from './codes.ts';
import { ofResource } from './own-request.ts';

/** The answer to requests, and the answer of each layer. */
export interface RequestsAnswer extends Opening {
  readonly combined: readonly Combined[];
  /** the missing call, if the answer depends on a resource that was not read */
  readonly missing?: string;
}

/** A resource and the region of the request on it; left out: IAM, which has no regions. */
type Placed = Target & { readonly region?: string };

const REFUSED: RequestsAnswer = { ...CLOSED, combined: [] };
/** The result for no request: open. */
const NOTHING: RequestsAnswer = { ...OPEN, combined: [] };

/** Evaluates the requests of the table of escalations. */
export class EscalationRequests {
  readonly #account: Account;
  readonly #reduce: Reduce;

  constructor(account: Account, reduce: Reduce) {
    this.#account = account;
    this.#reduce = reduce;
  }

  /** All requests of a row on one target; any one of the targets is enough. */
  any(subject: Subject, requests: readonly EscalationRequest[], targets: readonly Placed[]): RequestsAnswer {
    return anyAsked(targets, (target) => this.#all(subject, requests, target));
  }

  #all(subject: Subject, requests: readonly EscalationRequest[], target: Placed): RequestsAnswer {
    const combined: Combined[] = [];
    let open: Formula = true;
    let codes: Codes = NO_CODES;
    let missing: string | undefined;
    for (const request of requests) {
      const asked = this.#one(subject, request, requests, target);
      combined.push(...asked.combined);
      missing ??= asked.missing;
      open = and(open, asked.open);
      codes = bothCodes(codes, asked.codes);
      if (open === false) return REFUSED;
    }
    const gap = missing === undefined ? {} : { missing };
    return { open: this.#reduce(open, [], subject.given).open, codes, combined, ...gap };
  }

  #one(
    subject: Subject,
    request: EscalationRequest,
    requests: readonly EscalationRequest[],
    target: Placed,
  ): RequestsAnswer {
    if (!isAnywhere(request)) return this.#onTarget(subject, request, target);
    if (!request.on.startsWith('new:')) return this.#anywhere(subject, request);
    const onSame = requests.filter(({ on }) => on === request.on);
    return onSame[0] === request ? this.#created(subject, onSame) : NOTHING;
  }

  /** All requests on one new thing, in one region and under one name. */
  #created(subject: Subject, requests: readonly EscalationRequest[]): RequestsAnswer {
    const [first] = requests;
    const places = first ? placesAnywhere(first, this.#account, subject) : [];
    return anyAsked(places, (place) => this.#onPlace(subject, requests, place));
  }

  #onPlace(subject: Subject, requests: readonly EscalationRequest[], place: ExistingThing): RequestsAnswer {
    const combined: Combined[] = [];
    let all: Opening = OPEN;
    for (const request of requests) {
      const asked = this.#ask(subject, request, place, place.region);
      combined.push(...asked.combined);
      all = bothOpenings(all, asked);
      if (all.open === false) return REFUSED;
    }
    return { ...all, combined };
  }

  /** The request on the target. If it also names another resource (`beside`), any possible one is enough. */
  #onTarget(subject: Subject, request: EscalationRequest, target: Placed): RequestsAnswer {
    const { region = '' } = target;
    const beside = arnsBeside(request, target, this.#account);
    if (beside === null) return this.#ask(subject, request, target, region);
    return this.#anyOf(
      subject,
      request,
      beside.map((arn) => ({ arn, tags: null, region })),
    );
  }

  /** The request in any region. Resources that were read come first. */
  #anywhere(subject: Subject, request: EscalationRequest): RequestsAnswer {
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
  ): RequestsAnswer {
    return anyAsked(targets, (target) => this.#ask(subject, request, target, target.region));
  }

  #ask(subject: Subject, request: EscalationRequest, target: Target, region: string): RequestsAnswer {
    const row = rowOf(request);
    const combined = ask(this.#account, { subject, row, target, region });
    const { open, codes } = settled(openOf(combined));
    return { open: ofResource(open, target), codes, combined: [combined] };
  }
}

/** The best of several answers. Stops at the first that is certainly open. */
function anyAsked<T>(all: Iterable<T>, ask: (one: T) => RequestsAnswer): RequestsAnswer {
  const open: RequestsAnswer[] = [];
  for (const one of all) {
    const asked = ask(one);
    if (asked.open === false) continue;
    if (rankOf(asked) === BEST) return asked;
    open.push(asked);
  }
  const best = open.find((asked) => asked.open === true) ?? open[0];
  return best ? { ...best, ...anyOpening(open) } : REFUSED;
}

const rows = new WeakMap<EscalationRequest, RequestRow>();

/** Always the same object, since rows are cache keys. */
function rowOf(request: EscalationRequest): RequestRow {
  const { action, context } = request;
  return context ? remembered(rows, request, () => ({ action, on: 'any', context })) : plainRow(action);
}

/** True for a request in any region: it creates something, is about anything that exists there, or has no resource. */
export function isAnywhere({ on }: EscalationRequest): boolean {
  return on === 'any' || on.startsWith('new:') || on.startsWith('existing:');
}

/** The resources of such a request. A new resource has an unlikely name, or one that a policy allows. */
export function placesAnywhere(
  request: EscalationRequest,
  account: Account,
  subject: Subject,
): readonly ExistingThing[] {
  const { on } = request;
  if (on.startsWith('existing:')) return existingKinds(request, account, subject);
  const regions = [...account.regions.keys()];
  const unnamed = regions.map((region) => ({ arn: newArn(request, region, account), tags: [], region }));
  const [, service, type, rest] = /^new:([^:]+):(.*)(new-0{17}.*)$/.exec(on) ?? [];
  if (service === undefined || type === undefined) return unnamed;
  const named = newThings(subject, account, { service, type, unnamed: `${type}${rest}` });
  return [...unnamed, ...named.map((one) => ({ ...one, tags: [] }))];
}

/** Existing things, one for all that the principal's policies treat alike: there may be thousands. */
function existingKinds(
  { on, action }: EscalationRequest,
  account: Account,
  subject: Subject,
): ExistingThing[] {
  const of = on.slice('existing:'.length) as Existing;
  const asked = { ...shapeOf(of), actions: [action] };
  return existingThings(account, of).flatMap((there) =>
    equalTargets(there, asked, subject, account).map(([first]) => first),
  );
}

/** The ARN of a new resource in a region. */
function newArn({ on }: EscalationRequest, region: string, { snapshot }: Account): string {
  if (on === 'any') return '*';
  const [, service = '', ...rest] = on.split(':');
  return `arn:${snapshot.partition}:${service}:${regionIn(service, region)}:${snapshot.accountId}:${rest.join(':')}`;
}

/** The members that an edge takes from an answer. */
export function takenBy(asked: RequestsAnswer): Pick<Edge, 'open' | 'codes' | 'grants'> {
  return { open: asked.open, ...resting(asked.codes), grants: grantsIn(asked) };
}

export function grantsIn({ combined }: RequestsAnswer): readonly Grant[] {
  return requestGrants(combined).filter(({ policy }) => !isToCome(policy));
}
