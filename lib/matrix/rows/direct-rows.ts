import { type Bits, emptyBits, setBit } from '../../evaluator/bits.ts';
import type { Rests } from '../../evaluator/residual/rests.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Instance } from '../../snapshot/snapshot.ts';
import type { Subject } from '../account/account.ts';
import type { Engine } from '../account/audited-account.ts';
import { isUnder } from '../account/one-cell.ts';
import type { Universe } from '../classes/instance-classes.ts';
import type { SubjectClass } from '../classes/principal-classes.ts';
import { actionNumber, NO_STANDING, type Standings } from '../classes/standings.ts';
import type { AccessPath, Alternative, RequestRow } from '../paths/access-path.ts';
import { RowAsker } from './ask-row.ts';
import { Landings } from './os-users.ts';
import { merge, overlay, type Piece, within } from './pieces.ts';
import { answerName, anyOf, grantNames, type RowAnswer } from './row-answer.ts';
import { PathMemo, type RowMemo } from './row-caches.ts';
import type { HeldCell, RowCell } from './row-cell.ts';
import { type PlacesCache, rowPlaces } from './row-columns.ts';
import type { SessionRows } from './session-rows.ts';
import { decideWays, type Way, waysOf } from './ways.ts';

const CLOSED: readonly Piece<RowAnswer>[] = [];

/** Answers that are known already; null: ask. */
export type KnownAnswers = (row: RequestRow, one: SubjectClass) => readonly Piece<RowAnswer>[] | null;

/** Decides whole rows: one principal, one path, every instance class. */
export class DirectRows {
  readonly #engine: Engine;
  readonly #universe: Universe;
  readonly #standings: Standings;
  readonly #rests: Rests;
  readonly #sessions: SessionRows;
  readonly #landings: Landings;
  readonly #known: KnownAnswers;
  readonly #memos = new Map<AccessPath, PathMemo>();
  readonly #rowMemos = new Map<RequestRow, RowMemo>();
  readonly #asked = new Map<string, RowMemo['asked']>();
  readonly #places: PlacesCache = new Map();
  /** one of each region */
  readonly #regional: readonly Instance[];
  readonly #bitsWhere = new Map<string, Bits>();

  constructor(
    engine: Engine,
    universe: Universe,
    standings: Standings,
    rests: Rests,
    sessions: SessionRows,
    known: KnownAnswers = () => null,
  ) {
    this.#sessions = sessions;
    this.#known = known;
    this.#engine = engine;
    this.#universe = universe;
    this.#standings = standings;
    this.#rests = rests;
    const { representatives } = universe;
    this.#regional = [...new Map(representatives.map((instance) => [instance.region, instance])).values()];
    this.#landings = new Landings(engine.account, universe);
  }

  /** Principals who stand alike to every action of the path share its cells. */
  decide(path: AccessPath, one: SubjectClass): readonly RowCell[] {
    const memo = remembered(this.#memos, path, () => new PathMemo(path));
    return memo.of(one, () => this.#decide(path, one));
  }

  #decide(path: AccessPath, one: SubjectClass): readonly RowCell[] {
    const applies = this.#applies(path);
    const ways: (readonly Piece<Way>[])[] = [];
    for (const alternative of this.#alternatives(path)) {
      const open = this.#ways(alternative, one);
      const here = applies ? within(open, applies) : open;
      if (here.length > 0) ways.push(here);
    }
    const chosen = ways.flatMap(([way]) => way?.value.alternative.chosen ?? []);
    const cells = overlay(ways).flatMap(({ bits, values }): readonly Piece<HeldCell>[] => {
      const open = values.filter((way) => way !== null);
      const cell = decideWays(open, chosen, one.first, this.#rests);
      if (!cell) return [];
      return this.#landings
        .of(path, one.first, bits, cell.condition)
        .map((landing) => ({ bits: landing.bits, value: { ...cell, ...landing.value } }));
    });
    return merge(cells, cellName).map(({ bits, value }) => ({ ...value, bits }));
  }

  #alternatives(path: AccessPath): readonly Alternative[] {
    return path.alternatives.filter((one) => isUnder(one, this.#engine.settings));
  }

  #ways(alternative: Alternative, one: SubjectClass): readonly Piece<Way>[] {
    const rows: (readonly Piece<RowAnswer>[])[] = [];
    for (const row of alternative.requests) {
      const answers = this.answers(row, one);
      if (answers.length === 0) return [];
      rows.push(answers);
    }
    const ways = waysOf(alternative, rows);
    const { platform } = alternative;
    return platform
      ? within(
          ways,
          this.#where(platform, (instance) => instance.platform === platform),
        )
      : ways;
  }

  /** Where, when and by which statements one request is authorised. */
  answers(row: RequestRow, one: SubjectClass): readonly Piece<RowAnswer>[] {
    const memo = this.#rowMemo(row);
    const standing = one.standings[memo.action] as number;
    if (standing === NO_STANDING) return CLOSED;
    const key = row.on === 'sessions' ? `${standing} ${one.sessions}` : standing;
    return remembered(memo.asked, key, () => this.#known(row, one) ?? this.#ask(row, memo, one.first));
  }

  #ask(row: RequestRow, memo: RowMemo, subject: Subject): readonly Piece<RowAnswer>[] {
    if (row.on === 'sessions') return this.#askSessions(row, subject);
    memo.askers ??= this.#askersOf(row);
    const lists = memo.askers.map((asker) => asker.answers(subject)).filter((list) => list.length > 0);
    const [only] = lists;
    if (!only || lists.length === 1) return only ?? CLOSED;
    const pieces = overlay(lists).map(({ bits, values }) => ({
      bits,
      value: anyOf(values.filter((answer) => answer !== null)),
    }));
    return merge(pieces, answerName);
  }

  #rowMemo(row: RequestRow): RowMemo {
    let memo = this.#rowMemos.get(row);
    if (!memo) {
      const name = this.#universe.features.requests.of(row, this.#regional);
      const asked = remembered(this.#asked, name, () => new Map());
      memo = { action: actionNumber(row.action), asked, askers: null };
      this.#rowMemos.set(row, memo);
    }
    return memo;
  }

  #askSessions(row: RequestRow, subject: Subject): readonly Piece<RowAnswer>[] {
    const answerIn = this.#sessions.answers(row, subject);
    return this.#regional.flatMap(({ region }) => {
      const value = answerIn(region);
      const bits = this.#where(`region ${region}`, (instance) => instance.region === region);
      return value ? [{ bits, value }] : [];
    });
  }

  #askersOf(row: RequestRow): readonly RowAsker[] {
    const { account } = this.#engine;
    return rowPlaces(row, this.#universe, account, this.#places).map(
      (places) => new RowAsker(places, account, this.#standings),
    );
  }

  /** Null: everywhere. */
  #applies(path: AccessPath): Bits | null {
    const { applies } = path;
    if (applies === 'windows' || applies === 'linux')
      return this.#where(applies, ({ platform }) => platform === applies);
    if (applies === undefined) return null;
    const { regions } = this.#engine.account;
    return this.#where(
      'vpc-endpoint',
      ({ region, vpcId }) =>
        regions.get(region)?.connectEndpoints?.some((endpoint) => endpoint.vpcId === vpcId) ?? false,
    );
  }

  #where(name: string, holds: (instance: Instance) => boolean): Bits {
    const { representatives } = this.#universe;
    let bits = this.#bitsWhere.get(name);
    if (!bits) {
      bits = emptyBits(representatives.length);
      for (const [place, instance] of representatives.entries()) if (holds(instance)) setBit(bits, place);
      this.#bitsWhere.set(name, bits);
    }
    return bits;
  }
}

/** Of one principal on one path. */
function cellName({ rest, alternative, landsAs, untagged, grants }: HeldCell): string {
  return `${rest.id}\t${alternative}\t${landsAs.join()}\t${untagged?.join()}\t${grantNames(grants)}`;
}
