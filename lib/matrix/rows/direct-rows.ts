import { allAnswers, type Combined } from '../../evaluator/combine.ts';
import type { Condition } from '../../evaluator/decision.ts';
import { and, type Formula, or, placesOf, settle } from '../../evaluator/formula.ts';
import type { Instance } from '../../snapshot/snapshot.ts';
import type { AccessPath, Alternative, RequestRow } from '../access-path.ts';
import type { Subject } from '../account.ts';
import type { Grant, Verdict } from '../cell.ts';
import type { Engine } from '../engine.ts';
import { isGrant } from '../evaluate-path.ts';
import { landsAs, sessionUser } from '../lands-as.ts';
import { type AskedRow, RowAsker } from './ask-row.ts';
import { atPlace } from './at-place.ts';
import { type Bits, emptyBits, intersection, isEmpty, placesIn, setBit } from './bits.ts';
import { type Piece, partition } from './partition.ts';
import type { Relevant } from './relevant.ts';
import type { Rest, Rests } from './rests.ts';
import { type PatternCache, rowPlaces } from './row-places.ts';
import { SessionRows } from './session-rows.ts';
import type { Signatures } from './signatures.ts';
import type { Universe } from './universe.ts';

/** Cells of one principal on one path that come out the same: what a CellGroup says, for instance classes. */
export interface RowCell {
  readonly bits: Bits;
  readonly verdict: Verdict;
  readonly condition: Condition | null;
  readonly rest: Rest;
  readonly alternative: string;
  readonly landsAs: readonly string[];
  readonly grants: readonly Grant[];
}

interface AskedWay {
  readonly alternative: Alternative;
  readonly asked: AskedRow;
}

/** Decides whole rows: one principal, one path, every instance class. */
export class DirectRows {
  readonly #engine: Engine;
  readonly #universe: Universe;
  readonly #signatures: Signatures;
  readonly #rests: Rests;
  readonly #sessions: SessionRows;
  readonly #askers = new Map<string, readonly RowAsker[]>();
  readonly #patterns: PatternCache = new Map();
  readonly #bitsWhere = new Map<string, Formula>();

  constructor(engine: Engine, universe: Universe, signatures: Signatures, rests: Rests, relevant: Relevant) {
    this.#sessions = new SessionRows(engine.account, relevant);
    this.#engine = engine;
    this.#universe = universe;
    this.#signatures = signatures;
    this.#rests = rests;
  }

  get width(): number {
    return this.#universe.representatives.length;
  }

  /** `memo` keeps the requests of one principal, which several paths share. */
  decide(path: AccessPath, subject: Subject, memo: Map<string, AskedRow>): readonly RowCell[] {
    const applies = this.#applies(path);
    if (applies === false) return [];
    const ways: AskedWay[] = [];
    let open: Formula = false;
    for (const alternative of this.#alternatives(path)) {
      const asked = this.#askAlternative(alternative, subject, memo);
      if (asked.open === false) continue;
      ways.push({ alternative, asked });
      open = or(open, asked.open);
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
    const verdict = subject.missing !== null ? 'unknown' : condition ? 'conditional' : 'allowed';
    return this.#byLanding(path, subject, piece.bits, condition).map(({ bits, users }) => {
      const way = this.#wayAt(placesIn(bits)[0] as number, ways, rest, subject);
      return {
        bits,
        verdict,
        condition: verdict === 'unknown' ? null : condition,
        rest,
        alternative: way?.alternative.id ?? '',
        landsAs: users,
        grants: way ? grantsAt(way.asked.combined, placesIn(bits)[0] as number) : [],
      };
    });
  }

  /** The first alternative that says in this place as much as all of them together. */
  #wayAt(place: number, ways: readonly AskedWay[], rest: Rest, subject: Subject): AskedWay | undefined {
    let any: AskedWay | undefined;
    for (const way of ways) {
      const here = atPlace(way.asked.open, place);
      if (here === false) continue;
      const own = this.#rests.of(here, way.alternative.chosen ?? [], subject.given);
      if (own.rest === rest.rest || (own.id === rest.id && own.rest !== false)) return way;
      if (own.rest !== false) any ??= way;
    }
    return any;
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
    for (const place of placesIn(bits)) {
      const instance = this.#universe.representatives[place] as Instance;
      const session = sessionUser(subject.tags, this.#engine.account.regions.get(instance.region));
      const users = landsAs(path, instance, condition, session);
      const name = users.join();
      const group = groups.get(name) ?? { bits: emptyBits(this.width), users };
      setBit(group.bits, place);
      groups.set(name, group);
    }
    return [...groups.values()];
  }

  #alternatives(path: AccessPath): readonly Alternative[] {
    return path.alternatives.filter(
      ({ id }) => !(id === 'implicit' && this.#engine.settings.defaultSessionDocument === 'explicit'),
    );
  }

  #askAlternative(alternative: Alternative, subject: Subject, memo: Map<string, AskedRow>): AskedRow {
    let open: Formula = alternative.platform
      ? this.#where(alternative.platform, (instance) => instance.platform === alternative.platform)
      : true;
    const combined: Combined[] = [];
    for (const row of alternative.requests) {
      if (open === false) break;
      const asked = this.#askRow(row, subject, memo);
      combined.push(...asked.combined);
      open = and(open, asked.open);
    }
    return { open, combined };
  }

  #askRow(row: RequestRow, subject: Subject, memo: Map<string, AskedRow>): AskedRow {
    const name = `${row.action} ${row.on} ${row.context ? JSON.stringify(row.context) : ''}`;
    let asked = memo.get(name);
    if (!asked && row.on === 'sessions') asked = this.#askSessions(row, subject);
    if (!asked) {
      const answers = this.#askersOf(name, row).map((asker) => asker.open(subject));
      asked = {
        open: answers.reduce<Formula>((sum, answer) => or(sum, answer.open), false),
        combined: answers.flatMap((answer) => answer.combined),
      };
    }
    memo.set(name, asked);
    return asked;
  }

  #askSessions(row: RequestRow, subject: Subject): AskedRow {
    let open: Formula = false;
    const combined: Combined[] = [];
    for (const region of new Set(this.#universe.representatives.map((instance) => instance.region))) {
      const here = this.#where(`region ${region}`, (instance) => instance.region === region);
      const asked = this.#sessions.open(row, region, subject);
      open = or(open, and(here, asked.open));
      combined.push(...asked.combined);
    }
    return { open, combined };
  }

  #askersOf(name: string, row: RequestRow): readonly RowAsker[] {
    let askers = this.#askers.get(name);
    if (!askers) {
      const { account } = this.#engine;
      askers = rowPlaces(row, this.#universe, account, this.#patterns).map(
        (places) => new RowAsker(places, account, this.#signatures),
      );
      this.#askers.set(name, askers);
    }
    return askers;
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

function grantsAt(combined: readonly Combined[], place: number): readonly Grant[] {
  const grants = new Map<string, Grant>();
  for (const one of combined) {
    for (const { ref, applies } of allAnswers(one.answers).flatMap((answer) => answer.matches)) {
      const settled = settle(atPlace(applies, place), new Set());
      if (isGrant(ref) ? settled === false : typeof settled === 'boolean') continue;
      const { policy, statement, sid, layer } = ref;
      grants.set(`${layer} ${policy} ${statement}`, { policy, statement, sid, layer });
    }
  }
  return [...grants.values()];
}

export function meet(cell: RowCell, bits: Bits): Bits | null {
  const both = intersection(cell.bits, bits);
  return isEmpty(both) ? null : both;
}
