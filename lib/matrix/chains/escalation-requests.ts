import { type Combined, openOf } from '../../evaluator/combine.ts';
import { and, type Formula } from '../../evaluator/formula.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Account, Subject } from '../account/account.ts';
import { arnsBeside } from '../account/beside.ts';
import { existingThings, shapeOf } from '../account/existing.ts';
import { foreignDocuments } from '../account/foreign-documents.ts';
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
    for (const together of requestsTogether(requests)) {
      const asked = this.#together(subject, together, target);
      combined.push(...asked.combined);
      missing ??= asked.missing;
      open = and(open, asked.open);
      codes = bothCodes(codes, asked.codes);
      if (open === false) return REFUSED;
    }
    const gap = missing === undefined ? {} : { missing };
    return { open: this.#reduce(open, [], subject.given).open, codes, combined, ...gap };
  }

  #together(subject: Subject, requests: RequestsTogether, target: Placed): RequestsAnswer {
    const [first] = requests;
    return isAnywhere(first) ? this.#anywhere(subject, requests) : this.#onTarget(subject, first, target);
  }

  /** All requests on one thing, in one region and under one name. Resources that were read come first. */
  #anywhere(subject: Subject, requests: RequestsTogether): RequestsAnswer {
    const places = placesAnywhere(requests, this.#account, subject);
    const read = places.filter(({ missing }) => missing === undefined);
    const asked = this.#anyPlace(subject, requests, read);
    const [unread] = places.filter(({ missing }) => missing !== undefined);
    if (asked.open !== false || unread?.missing === undefined) return asked;
    const rest = places.filter((place) => !read.includes(place));
    return { ...this.#anyPlace(subject, requests, rest), missing: unread.missing };
  }

  #anyPlace(subject: Subject, requests: RequestsTogether, places: readonly ExistingThing[]): RequestsAnswer {
    return anyAsked(places, (place) => this.#onPlace(subject, requests, place));
  }

  #onPlace(subject: Subject, requests: RequestsTogether, place: ExistingThing): RequestsAnswer {
    const combined: Combined[] = [];
    let all: Opening = OPEN;
    for (const request of requests) {
      const asked = this.#onTarget(subject, request, place);
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
    return anyAsked(beside, (arn) => this.#ask(subject, request, { arn, tags: null }, region));
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
  return on === 'any' || on === 'foreign-runbooks' || isOnThing(on);
}

const isOnThing = (on: EscalationRequest['on']): boolean => on.startsWith('new:') || isOnExisting(on);

const isOnExisting = (on: EscalationRequest['on']): boolean => on.startsWith('existing:');

/** A single request, or all requests on one thing that is created, or exists. */
export type RequestsTogether = readonly [EscalationRequest, ...EscalationRequest[]];

const together = new WeakMap<readonly EscalationRequest[], readonly RequestsTogether[]>();

/**
 * The requests of a row, by the thing that they are on. What a request names beside something that exists is part of
 * that: an endpoint of a runtime is of the runtime that is changed.
 */
export function requestsTogether(requests: readonly EscalationRequest[]): readonly RequestsTogether[] {
  return remembered(together, requests, () => {
    const existing = requests.find(({ on }) => isOnExisting(on))?.on;
    const thingOf = ({ on }: EscalationRequest, i: number): string => {
      if (existing && on.startsWith('beside:')) return existing;
      return isOnThing(on) ? on : `${i}`;
    };
    const groups = Map.groupBy(requests.entries(), ([i, request]) => thingOf(request, i));
    return [...groups.values()].map(
      (group) => group.map(([, request]) => request) as unknown as RequestsTogether,
    );
  });
}

/** The resources of requests on one thing. A new resource has an unlikely name, or one that a policy allows. */
export function placesAnywhere(
  requests: RequestsTogether,
  account: Account,
  subject: Subject,
): readonly ExistingThing[] {
  const [first] = requests;
  const { on } = first;
  if (isOnExisting(on)) return existingKinds(requests, account, subject);
  const regions = [...account.regions.keys()];
  if (on === 'foreign-runbooks')
    return regions.flatMap((region) =>
      foreignDocuments(account, region).map((arn) => ({ arn, tags: [], region })),
    );
  const unnamed = regions.map((region) => ({ arn: newArn(first, region, account), tags: [], region }));
  const [, service, type, rest] = /^new:([^:]+):(.*)(new-0{17}.*)$/.exec(on) ?? [];
  if (service === undefined || type === undefined) return unnamed;
  const named = newThings(subject, account, { service, type, unnamed: `${type}${rest}` });
  return [...unnamed, ...named.map((one) => ({ ...one, tags: [] }))];
}

/** Existing things, one for all that the principal's policies treat alike: there may be thousands. */
function existingKinds(requests: RequestsTogether, account: Account, subject: Subject): ExistingThing[] {
  const of = requests[0].on.slice('existing:'.length) as Existing;
  const actions = requests.filter(({ on }) => isOnExisting(on)).map(({ action }) => action);
  return existingThings(account, of).flatMap((there) =>
    equalTargets(there, { ...shapeOf(of), actions }, subject, account).map(([first]) => first),
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
