import type { Condition } from '../../evaluator/decision.ts';
import { and, type Formula, or, placesOf } from '../../evaluator/formula.ts';
import type { Instance } from '../../snapshot/snapshot.ts';
import type { AccessPath, Alternative, RequestRow } from '../access-path.ts';
import type { Subject } from '../account.ts';
import type { Verdict } from '../cell.ts';
import type { Engine } from '../engine.ts';
import { landsAs, sessionUser } from '../lands-as.ts';
import { RowAsker } from './ask-row.ts';
import { type AskedRow, type AskedSlot, CLOSED } from './asked-row.ts';
import { addBits, type Bits, emptyBits, intersection, isEmpty, setBit } from './bits.ts';
import { type Piece, partition } from './partition.ts';
import type { Rests } from './rests.ts';
import type { RowCell } from './row-cell.ts';
import { PathMemo, type RowMemo } from './row-memos.ts';
import { type PlacesCache, rowPlaces } from './row-places.ts';
import type { SessionRows } from './session-rows.ts';
import type { Signatures } from './signatures.ts';
import { actionNumber, NO_STANDING } from './standings.ts';
import type { SubjectClass } from './subject-classes.ts';
import type { Universe } from './universe.ts';
import { type AskedWay, type Says, splitByGrants, splitByWay } from './ways.ts';

/** Decides whole rows: one principal, one path, every instance class. */
export class DirectRows {
  readonly #engine: Engine;
  readonly #universe: Universe;
  readonly #signatures: Signatures;
  readonly #rests: Rests;
  readonly #sessions: SessionRows;
  readonly #memos = new Map<AccessPath, PathMemo>();
  readonly #rowMemos = new Map<RequestRow, RowMemo>();
  readonly #rowsByName = new Map<string, RowMemo>();
  readonly #places: PlacesCache = new Map();
  #landingsKnown: readonly { readonly bits: Bits; readonly first: Instance }[] | null = null;
  readonly #bitsWhere = new Map<string, Formula>();

  constructor(
    engine: Engine,
    universe: Universe,
    signatures: Signatures,
    rests: Rests,
    sessions: SessionRows,
  ) {
    this.#sessions = sessions;
    this.#engine = engine;
    this.#universe = universe;
    this.#signatures = signatures;
    this.#rests = rests;
  }

  get width(): number {
    return this.#universe.representatives.length;
  }

  /** Principals who stand alike to every action of the path share its cells. */
  decide(path: AccessPath, one: SubjectClass): readonly RowCell[] {
    let memo = this.#memos.get(path);
    if (!memo) {
      memo = new PathMemo(path);
      this.#memos.set(path, memo);
    }
    return memo.of(one, () => this.#decide(path, one));
  }

  #decide(path: AccessPath, one: SubjectClass): readonly RowCell[] {
    const subject = one.first;
    const applies = this.#applies(path);
    if (applies === false) return [];
    const ways: AskedWay[] = [];
    let open: Formula = false;
    for (const alternative of this.#alternatives(path)) {
      const way = this.#askAlternative(alternative, one);
      if (way.open === false) continue;
      ways.push(way);
      open = or(open, way.open);
    }
    const chosen = ways.flatMap(({ alternative }) => alternative.chosen ?? []);
    return partition(and(applies, open), this.width).flatMap((piece) =>
      this.#cells(path, subject, piece, ways, chosen),
    );
  }

  #cells(
    path: AccessPath,
    subject: Subject,
    piece: Piece,
    ways: readonly AskedWay[],
    chosen: readonly string[],
  ): readonly RowCell[] {
    const rest = this.#rests.of(piece.formula, chosen, subject.given);
    if (rest.rest === false) return [];
    const condition = rest.rest === true ? null : rest.rest;
    const verdict: Verdict = subject.missing !== null ? 'unknown' : condition ? 'conditional' : 'allowed';
    const says: Says = (formula, way) => {
      const own = this.#rests.of(formula, way.alternative.chosen ?? [], subject.given);
      return own.condition === rest.condition ? 'same' : own.rest === false ? 'nothing' : 'some';
    };
    const { missing } = subject;
    const shared = { verdict, condition: verdict === 'unknown' ? null : condition, rest, missing };
    return this.#byLanding(path, subject, piece.bits, condition).flatMap(({ bits: landing, users }) =>
      splitByWay(landing, ways, says, this.width).flatMap(({ bits: taken, way }) =>
        splitByGrants(taken, way, this.width).map(({ bits, grants }) => ({
          ...shared,
          bits,
          alternative: way?.alternative.id ?? '',
          landsAs: users,
          grants,
        })),
      ),
    );
  }

  #byLanding(
    path: AccessPath,
    subject: Subject,
    bits: Bits,
    condition: Condition | null,
  ): readonly { readonly bits: Bits; readonly users: readonly string[] }[] {
    if (path.landsAs === 'os-user' || path.landsAs.length === 0)
      return [{ bits, users: landsAs(path, { platform: 'linux' }, condition, []) }];
    const groups = new Map<string, { bits: Bits; users: readonly string[] }>();
    for (const { bits: alike, first } of this.#landings()) {
      const here = intersection(alike, bits);
      if (isEmpty(here)) continue;
      const session = sessionUser(subject.tags, this.#engine.account.regions.get(first.region));
      const users = landsAs(path, first, condition, session);
      const name = users.join();
      const group = groups.get(name);
      if (group) addBits(group.bits, here);
      else groups.set(name, { bits: here, users });
    }
    return [...groups.values()];
  }

  /** Instances on which one lands as the same user: of one platform in one region. */
  #landings(): readonly { readonly bits: Bits; readonly first: Instance }[] {
    if (!this.#landingsKnown) {
      const landings = new Map<string, { bits: Bits; first: Instance }>();
      for (const [place, first] of this.#universe.representatives.entries()) {
        const name = `${first.region} ${first.platform}`;
        const landing = landings.get(name) ?? { bits: emptyBits(this.width), first };
        setBit(landing.bits, place);
        landings.set(name, landing);
      }
      this.#landingsKnown = [...landings.values()];
    }
    return this.#landingsKnown;
  }

  #alternatives(path: AccessPath): readonly Alternative[] {
    return path.alternatives.filter(
      ({ id }) => !(id === 'implicit' && this.#engine.settings.defaultSessionDocument === 'explicit'),
    );
  }

  #askAlternative(alternative: Alternative, one: SubjectClass): AskedWay {
    let open: Formula = alternative.platform
      ? this.#where(alternative.platform, (instance) => instance.platform === alternative.platform)
      : true;
    const rows: AskedRow[] = [];
    for (const row of alternative.requests) {
      if (open === false) break;
      const asked = this.#askRow(row, one);
      rows.push(asked);
      open = and(open, asked.open);
    }
    return { alternative, open, rows };
  }

  #askRow(row: RequestRow, one: SubjectClass): AskedRow {
    const memo = this.#rowMemo(row);
    const standing = one.standings[memo.action] as number;
    const key = row.on === 'sessions' ? `${standing} ${one.sessions}` : standing;
    let asked = memo.asked.get(key);
    if (!asked) {
      asked = standing === NO_STANDING ? CLOSED : this.#ask(row, memo, one.first);
      memo.asked.set(key, asked);
    }
    return asked;
  }

  #ask(row: RequestRow, memo: RowMemo, subject: Subject): AskedRow {
    if (row.on === 'sessions') return this.#askSessions(row, subject);
    memo.askers ??= this.#askersOf(row);
    const answers = memo.askers.map((asker) => asker.open(subject));
    return {
      open: answers.reduce<Formula>((sum, answer) => or(sum, answer.open), false),
      slots: answers.flatMap((answer) => answer.slots),
    };
  }

  #rowMemo(row: RequestRow): RowMemo {
    let memo = this.#rowMemos.get(row);
    if (!memo) {
      const name = `${row.action} ${row.on} ${row.context ? JSON.stringify(row.context) : ''}`;
      memo = this.#rowsByName.get(name) ?? {
        action: actionNumber(row.action),
        asked: new Map(),
        askers: null,
      };
      this.#rowsByName.set(name, memo);
      this.#rowMemos.set(row, memo);
    }
    return memo;
  }

  #askSessions(row: RequestRow, subject: Subject): AskedRow {
    let open: Formula = false;
    const slots: AskedSlot[] = [];
    for (const region of new Set(this.#universe.representatives.map((instance) => instance.region))) {
      const here = this.#where(`region ${region}`, (instance) => instance.region === region);
      const asked = this.#sessions.open(row, region, subject);
      open = or(open, and(here, asked.open));
      for (const slot of asked.slots) slots.push({ ...slot, open: and(here, slot.open) });
    }
    return { open, slots };
  }

  #askersOf(row: RequestRow): readonly RowAsker[] {
    const { account } = this.#engine;
    return rowPlaces(row, this.#universe, account, this.#places).map(
      (places) => new RowAsker(places, account, this.#signatures),
    );
  }

  #applies(path: AccessPath): Formula {
    if (path.applies === 'windows')
      return this.#where('windows', (instance) => instance.platform === 'windows');
    if (path.applies !== 'vpc-endpoint') return true;
    const { regions } = this.#engine.account;
    return this.#where(
      'vpc-endpoint',
      ({ region, vpcId }) =>
        regions.get(region)?.connectEndpoints?.some((endpoint) => endpoint.vpcId === vpcId) ?? false,
    );
  }

  #where(name: string, holds: (instance: Instance) => boolean): Formula {
    let formula = this.#bitsWhere.get(name);
    if (formula === undefined) {
      const bits = emptyBits(this.width);
      for (const [place, instance] of this.#universe.representatives.entries())
        if (holds(instance)) setBit(bits, place);
      formula = placesOf(bits, this.width);
      this.#bitsWhere.set(name, formula);
    }
    return formula;
  }
}
