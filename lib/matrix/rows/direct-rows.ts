import { type Bits, emptyBits, isEmpty, setBit } from '../../evaluator/bits.ts';
import { EqualFormulas } from '../../evaluator/equal-formulas.ts';
import type { Residuals } from '../../evaluator/residual/residuals.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Instance } from '../../snapshot/snapshot.ts';
import { clusterName } from '../account/access-entries.ts';
import type { Subject } from '../account/account.ts';
import type { AuditedAccount } from '../account/audited-account.ts';
import { mayHaveEndpoint } from '../account/connect-endpoints.ts';
import { codeIfNone, isFor, isUnder, openWith } from '../account/one-cell.ts';
import { targetsOf } from '../account/targets.ts';
import type { ClassifiedInstances } from '../classes/instance-classes.ts';
import type { SubjectClass } from '../classes/principal-classes.ts';
import { NO_VIEW, type PrincipalViews } from '../classes/principal-views.ts';
import { type Alternative, isJoint, type PathRow, type RequestRow } from '../paths/access-path.ts';
import { RowAsker } from './ask-row.ts';
import { decideAlternatives, type OpenAlternative, openAlternativesOf } from './open-alternatives.ts';
import { OsUsersByPlace } from './os-users.ts';
import { ownAnswers } from './own-answers.ts';
import { merge, overlay, type Piece, within } from './pieces.ts';
import { answerName, anyOf, grantNames, type RowAnswer } from './row-answer.ts';
import { cacheKey, PathCache, type RowCache, slotOf } from './row-caches.ts';
import type { HeldCell, RowCell } from './row-cell.ts';
import { type PlacesCache, rowPlaces } from './row-columns.ts';
import type { SessionRows } from './session-rows.ts';

const CLOSED: readonly Piece<RowAnswer>[] = [];

const NOTHING_ASKED: RowAnswer = { open: true, grants: [] };

/** Answers that are already known; null: the request must be evaluated. */
export type KnownAnswers = (row: RequestRow, one: SubjectClass) => readonly Piece<RowAnswer>[] | null;

/** What is needed to decide rows. */
interface DirectRowsParts {
  readonly audited: AuditedAccount;
  readonly classified: ClassifiedInstances;
  readonly principalViews: PrincipalViews;
  readonly residuals: Residuals;
  readonly sessions: SessionRows;
  readonly known?: KnownAnswers;
}

/** Decides whole rows: one principal, one path, every instance class. */
export class DirectRows {
  readonly #audited: AuditedAccount;
  readonly #classified: ClassifiedInstances;
  readonly #principalViews: PrincipalViews;
  readonly #residuals: Residuals;
  readonly #sessions: SessionRows;
  readonly #osUsers: OsUsersByPlace;
  readonly #known: KnownAnswers;
  readonly #caches = new Map<PathRow, PathCache>();
  readonly #rowCaches = new Map<RequestRow, RowCache>();
  readonly #asked = new Map<string, Pick<RowCache, 'asked' | 'bySlot'>>();
  readonly #places: PlacesCache = new Map();
  /** one instance of each region */
  readonly #regional: readonly Instance[];
  readonly #bitsWhere = new Map<string, Bits>();
  readonly #equal = new EqualFormulas();
  readonly #numberOf = (action: string): number => this.#principalViews.numberOf(action);

  constructor({ audited, classified, principalViews, residuals, sessions, known }: DirectRowsParts) {
    this.#sessions = sessions;
    this.#known = known ?? (() => null);
    this.#audited = audited;
    this.#classified = classified;
    this.#principalViews = principalViews;
    this.#residuals = residuals;
    const { representatives } = classified;
    this.#regional = [...new Map(representatives.map((instance) => [instance.region, instance])).values()];
    this.#osUsers = new OsUsersByPlace(audited.account, classified);
  }

  /** Principals with the same views of every action of the path share its cells. */
  decide(path: PathRow, one: SubjectClass): readonly RowCell[] {
    const cache = remembered(this.#caches, path, () => new PathCache(path, this.#numberOf));
    return cache.of(one, () => this.#decide(path, one));
  }

  /** Drops the answers after the cells were computed: in a large account they take more memory than the cells. */
  forget(): void {
    for (const cache of [
      this.#caches,
      this.#rowCaches,
      this.#asked,
      this.#places,
      this.#bitsWhere,
      this.#equal,
    ])
      cache.clear();
  }

  #decide(path: PathRow, one: SubjectClass): readonly RowCell[] {
    const applies = this.#applies(path);
    const openAlternatives: (readonly Piece<OpenAlternative>[])[] = [];
    for (const alternative of this.#alternatives(path)) {
      for (const open of this.#openAlternatives(alternative, one)) {
        const here = applies ? within(open, applies) : open;
        if (here.length > 0) openAlternatives.push(here);
      }
    }
    const chosen = openAlternatives.flatMap(
      ([openAlternative]) => openAlternative?.value.alternative.chosen ?? [],
    );
    const cells = overlay(openAlternatives).flatMap(({ bits, values }): readonly Piece<HeldCell>[] => {
      const open = values.filter((openAlternative) => openAlternative !== null);
      const cell = decideAlternatives(open, chosen, one.first, this.#residuals);
      if (!cell) return [];
      return this.#osUsers
        .of(path, one.first, bits, cell.condition)
        .map(({ bits: at, value }) => ({ bits: at, value: { ...cell, ...value } }));
    });
    return merge(cells, cellName).map(({ bits, value }) => ({ ...value, bits }));
  }

  #alternatives(path: PathRow): readonly Alternative[] {
    return path.alternatives.filter((one) => isUnder(one, this.#audited.account.snapshot.settings));
  }

  /** The open alternatives. If one of several resources is meant (`same`), each resource is evaluated separately. */
  *#openAlternatives(
    alternative: Alternative,
    one: SubjectClass,
  ): Generator<readonly Piece<OpenAlternative>[]> {
    const { same, platform, state } = alternative;
    const shared: (readonly Piece<RowAnswer>[])[] = [];
    for (const row of alternative.requests) {
      if (isJoint(row, alternative)) continue;
      const answers = this.answers(row, one);
      if (answers.length === 0) return;
      shared.push(answers);
    }
    const here =
      platform || state
        ? this.#where(`${platform} ${state}`, (instance) => isFor(alternative, instance))
        : null;
    const joint = alternative.requests.filter((row) => isJoint(row, alternative));
    for (const rows of same === undefined ? [[]] : this.#bySlot(joint, one)) {
      const open = openAlternativesOf(alternative, [...shared, ...rows], this.#equal);
      yield here ? within(open, here) : open;
    }
  }

  /** The answers to requests on one kind of resource, separately for each of an instance's resources. */
  *#bySlot(
    rows: readonly RequestRow[],
    one: SubjectClass,
  ): Generator<readonly (readonly Piece<RowAnswer>[])[]> {
    const asked = rows.map((row) => {
      const cache = this.#rowCache(row);
      cache.askers ??= this.#askersOf(row);
      return { cache, askers: cache.askers, view: one.principalViews[cache.action] as number };
    });
    if (asked.some(({ view }) => view === NO_VIEW)) return;
    for (const slot of asked[0]?.askers.keys() ?? []) {
      const answers = asked.map(({ cache, askers, view }) =>
        remembered(slotOf(cache, slot), view, () => askers[slot]?.answers(one.first) ?? CLOSED),
      );
      if (answers.every((list) => list.length > 0)) yield answers;
    }
  }

  /** The places at which a request is authorised, with conditions and statements. */
  answers(row: RequestRow, one: SubjectClass): readonly Piece<RowAnswer>[] {
    if (row.unasked) return this.#askEntries(row, one);
    const cache = this.#rowCache(row);
    const view = one.principalViews[cache.action] as number;
    if (view === NO_VIEW) return row.ifAny ? this.#whereNone(row) : CLOSED;
    const key = cacheKey(row, view, one);
    return remembered(cache.asked, key, () => this.#known(row, one) ?? this.#ask(row, cache, one.first));
  }

  /** A request with `ifAny` counts as open where there is no such resource. */
  #whereNone(row: RequestRow): readonly Piece<RowAnswer>[] {
    const { account } = this.#audited;
    const isNone = (one: Instance): boolean => targetsOf(row.on, one, account, null).length === 0;
    // known and unknown regions apart; most rows have only the first
    return (row.ifUnread ? [null, row.ifUnread] : [null]).flatMap((code) => {
      const isSame = ({ region }: Instance): boolean => codeIfNone(row, region, account) === code;
      const bits = this.#where(`no ${row.on}, ${row.ifUnread} ${code}`, (one) => isNone(one) && isSame(one));
      return isEmpty(bits) ? [] : [{ bits, value: { open: openWith(code), grants: [] } }];
    });
  }

  #ask(row: RequestRow, cache: RowCache, subject: Subject): readonly Piece<RowAnswer>[] {
    if (row.on === 'sessions') return this.#askSessions(row, subject);
    // a session has two possible names, and either is enough
    if (row.on === 'own-session') return this.#askOwn(row, subject, this.#regional, ({ region }) => region);
    if (row.on === 'own-access-entry') return this.#askOwnEntries(row, subject);
    if (row.ifAny) return [...this.#askAny(row, cache, subject), ...this.#whereNone(row)];
    return this.#askAny(row, cache, subject);
  }

  #askAny(row: RequestRow, cache: RowCache, subject: Subject): readonly Piece<RowAnswer>[] {
    cache.askers ??= this.#askersOf(row);
    const lists = cache.askers.map((asker) => asker.answers(subject)).filter((list) => list.length > 0);
    const [only] = lists;
    if (!only || lists.length === 1) return only ?? CLOSED;
    const pieces = overlay(lists).map(({ bits, values }) => ({
      bits,
      value: anyOf(values.filter((answer) => answer !== null)),
    }));
    return merge(pieces, answerName);
  }

  #rowCache(row: RequestRow): RowCache {
    let cache = this.#rowCaches.get(row);
    if (!cache) {
      const name = this.#classified.features.requests.of(row, this.#regional);
      const { asked, bySlot } = remembered(this.#asked, name, () => ({ asked: new Map(), bySlot: [] }));
      cache = { action: this.#numberOf(row.action), asked, bySlot, askers: null };
      this.#rowCaches.set(row, cache);
    }
    return cache;
  }

  #askSessions(row: RequestRow, subject: Subject): readonly Piece<RowAnswer>[] {
    const answerIn = this.#sessions.answers(row, subject);
    return this.#regional.flatMap(({ region }) => {
      const value = answerIn(region);
      const bits = this.#where(`region ${region}`, (instance) => instance.region === region);
      return value ? [{ bits, value }] : [];
    });
  }

  /** The places at which a principal's access entries are enough. */
  #askEntries({ on }: RequestRow, { first, entries }: SubjectClass): readonly Piece<RowAnswer>[] {
    if (entries === '') return CLOSED;
    const { account } = this.#audited;
    const bits = this.#where(
      `${on} ${entries}`,
      (instance) => targetsOf(on, instance, account, first).length > 0,
    );
    return isEmpty(bits) ? CLOSED : [{ bits, value: NOTHING_ASKED }];
  }

  /** The answer for each cluster in which the principal has an entry. */
  #askOwnEntries(row: RequestRow, subject: Subject): readonly Piece<RowAnswer>[] {
    const { account } = this.#audited;
    const nodes = this.#classified.representatives.filter(
      (one) => targetsOf(row.on, one, account, subject).length > 0,
    );
    return this.#askOwn(row, subject, nodes, clusterName);
  }

  #askOwn(
    row: RequestRow,
    subject: Subject,
    instances: readonly Instance[],
    groupOf: (instance: Instance) => string,
  ): readonly Piece<RowAnswer>[] {
    const where = (name: string): Bits =>
      this.#where(`${row.on} ${name}`, (instance) => groupOf(instance) === name);
    const { account } = this.#audited;
    return ownAnswers(row, { subject, account, groups: Map.groupBy(instances, groupOf), where });
  }

  #askersOf(row: RequestRow): readonly RowAsker[] {
    const { account } = this.#audited;
    return rowPlaces(row, this.#classified, account, this.#places).map(
      (places) => new RowAsker(places, account, this.#principalViews, this.#equal),
    );
  }

  /** The places at which a path applies; null: everywhere. */
  #applies(path: PathRow): Bits | null {
    const { applies } = path;
    if (applies === 'windows' || applies === 'linux')
      return this.#where(applies, ({ platform }) => platform === applies);
    if (applies === undefined) return null;
    return this.#where('vpc-endpoint', (instance) => mayHaveEndpoint(instance, this.#audited.account));
  }

  #where(name: string, holds: (instance: Instance) => boolean): Bits {
    const { representatives } = this.#classified;
    let bits = this.#bitsWhere.get(name);
    if (!bits) {
      bits = emptyBits(representatives.length);
      for (const [place, instance] of representatives.entries()) if (holds(instance)) setBit(bits, place);
      this.#bitsWhere.set(name, bits);
    }
    return bits;
  }
}

/** Equal for equal cells of one principal on one path. */
function cellName({ residual, alternative, landsAs, untagged, grants, missing }: HeldCell): string {
  return `${residual.id}\t${alternative}\t${landsAs.join()}\t${untagged?.join()}\t${grantNames(grants)}\t${missing}`;
}
