import { and, type Formula } from '../../evaluator/formula.ts';
import { remembered } from '../../memory/remembered.ts';
import { ANY_POLICY_NAME } from '../account/hypothetical-principals.ts';
import type { Grant } from '../paths/cell.ts';
import { inAssumedSession } from './assumed-session.ts';

/** A way from a principal to others, all in the same way: assuming roles, or taking the roles of instances. */
export interface Edge {
  /** what it leads to, as indexes of the principals */
  readonly to: readonly number[];
  /** how each of these is shown: the ARN of the role, the instance or whomever it leads to; or an IAM action, where that is all */
  readonly steps: readonly string[];
  /** an IAM action that shows before the step */
  readonly by?: string;
  readonly open: Formula;
  /** it ends in a session of `sts:AssumeRole` */
  readonly assumes?: true;
  /** the statements that grant that action */
  readonly grants?: readonly Grant[];
  /** whoever takes it may tag the session */
  readonly tags?: boolean;
  /** the call without which nobody knows whether it can be taken */
  readonly missing?: string;
}

/** The edges that chains may take: of those to the same principal the first, and the first without a condition; what is known comes first. */
export function bestEdges(edges: readonly Edge[]): readonly Edge[] {
  const last = edges.reduce((most, { to }) => to.reduce((a, b) => Math.max(a, b), most), 0);
  // how each end is reached yet: 1 under a condition, 2 without
  const reached = new Uint8Array(last + 1);
  const known = edges.filter(({ missing }) => missing === undefined);
  const unsure = edges.filter(({ missing }) => missing !== undefined);
  return [...known, ...unsure].flatMap((edge) => {
    const how = edge.open === true ? 2 : 1;
    const news: number[] = [];
    for (const [i, to] of edge.to.entries()) {
      if ((reached[to] as number) >= how) continue;
      reached[to] = how;
      news.push(i);
    }
    return news.length > 0 ? [partOf(edge, news)] : [];
  });
}

/** The edge to some of those that it leads to. */
export function partOf(edge: Edge, indexes: readonly number[]): Edge {
  if (indexes.length === edge.to.length) return edge;
  const pick = <T>(list: readonly T[]): readonly T[] => indexes.map((i) => list[i] as T);
  return { ...edge, to: pick(edge.to), steps: pick(edge.steps) };
}

/** Edges of which those with the same condition are one. */
export function edgesTo(
  ends: Iterable<{
    readonly to: number;
    readonly step: string;
    readonly open: Formula;
    readonly tags?: boolean;
    readonly missing?: string | null;
  }>,
  kind: Pick<Edge, 'assumes'> = {},
): readonly Edge[] {
  type Ends = Edge & { readonly to: number[]; readonly steps: string[] };
  const [tagged, untagged] = [new Map<Formula, Ends>(), new Map<Formula, Ends>()];
  const unsure: Edge[] = [];
  for (const { to, step, open, tags = false, missing = null } of ends) {
    if (missing !== null) {
      unsure.push({ to: [to], steps: [step], open, tags, missing, ...kind });
      continue;
    }
    const edges = tags ? tagged : untagged;
    const edge = remembered(edges, open, () => ({ to: [], steps: [], open, tags, ...kind }));
    edge.to.push(to);
    edge.steps.push(step);
  }
  return [...tagged.values(), ...untagged.values(), ...unsure];
}

/** What a principal can become, and how: the chain that it goes on from and the last edge, null at its beginning. */
export interface Chain {
  readonly to: number;
  /** of its `via` */
  readonly length: number;
  readonly open: Formula;
  readonly from: Chain | null;
  readonly edge: Edge | null;
  /** which of those that the edge leads to */
  readonly at: number;
  /** the calls without which nobody knows whether one of its steps can be taken */
  readonly missing: string | null;
}

/** What is open to whom a chain leads to. */
export function atEnd({ edge }: Chain, open: Formula): Formula {
  return edge?.assumes ? inAssumedSession(open) : open;
}

/** Of whom it is not known what they hold: the calls that would tell. */
export type MissingOf = (principal: number) => string | null;

const NONE_MISSING: MissingOf = () => null;

interface Via {
  readonly steps: readonly string[];
  readonly next: Map<string, Via>;
}

/** The steps of chains as they are shown; equal ones are the same list. */
export class Vias {
  readonly #start: Via = { steps: [], next: new Map() };

  of(chain: Chain): readonly string[] {
    return this.#end(chain).steps;
  }

  #end({ from, edge, at }: Chain): Via {
    if (!from || !edge) return this.#start;
    const step = edge.steps[at] as string;
    const before = this.#end(from);
    return follow(edge.by === undefined ? before : follow(before, edge.by), step);
  }
}

function follow({ steps, next }: Via, step: string): Via {
  return remembered(next, step, () => ({ steps: [...steps, step], next: new Map() }));
}

/**
 * Everything that a principal can become, shortest chains first, one for each; of those that are equally short the
 * first without conditions. Cycles end by themselves, as nothing is reached twice. Edges come in lists, which many
 * principals have in common: nobody follows one twice for nothing.
 */
function chainsAlong(
  start: number,
  listsOf: (from: number) => readonly (readonly Edge[])[],
  missingOf: MissingOf = NONE_MISSING,
): readonly Chain[] {
  const followed = new Map<readonly Edge[], boolean>();
  const begin: Chain = { to: start, length: 0, open: true, from: null, edge: null, at: 0, missing: null };
  const reached: Reached = { best: new Map([[start, begin]]), byLength: [[start]], spent: new Set() };
  const found: Chain[] = [];
  for (let length = 0; length < reached.byLength.length; length++) {
    const border = borderAt(reached, length);
    if (length > 0) for (const chain of border) found.push(chain);
    for (const chain of border) {
      const news = listsOf(chain.to).filter((list) => isNews(followed, list, chain.open === true));
      const missing = chain.missing ?? missingOf(chain.to);
      for (const edge of news.flat()) keepBetter(reached, chain, edge, missing);
    }
  }
  return found;
}

/**
 * Chains in the order in which they count. What is known to open comes first, however long it is: those of which every
 * step is known, then the others; of each, chains of equal length together, shortest first.
 */
export type Levels = readonly (readonly Chain[])[];

/** Only where something is missing are there two kinds of chains. */
export function levelsAlong(
  start: number,
  listsOf: (from: number) => readonly (readonly Edge[])[],
  missingOf: MissingOf | null,
): Levels {
  if (missingOf === null) return byLength(chainsAlong(start, listsOf));
  const isKnown = (principal: number): boolean => missingOf(principal) === null;
  const known = chainsAlong(start, (from) => (isKnown(from) ? listsOf(from).map(knownOf) : []));
  const all = chainsAlong(start, listsOf, missingOf);
  const unsure = all.filter((chain) => chain.missing !== null || !isKnown(chain.to));
  return [...byLength(known.filter((chain) => isKnown(chain.to))), ...byLength(unsure)];
}

const knownEdges = new WeakMap<readonly Edge[], readonly Edge[]>();

/** The edges of a list that are known to be there; of one list always the same one. */
function knownOf(list: readonly Edge[]): readonly Edge[] {
  let known = knownEdges.get(list);
  if (!known) {
    const sure = list.filter(({ missing }) => missing === undefined);
    known = sure.length === list.length ? list : sure;
    knownEdges.set(list, known);
  }
  return known;
}

function byLength(chains: readonly Chain[]): Levels {
  return [...Map.groupBy(chains, (chain) => chain.length).values()];
}

interface Reached {
  /** the best chain yet, by where it leads */
  readonly best: Map<number, Chain>;
  /** where chains of each length lead; some of these have been reached by a shorter one since */
  readonly byLength: number[][];
  /** edges to many that have all been reached by shorter chains */
  readonly spent: Set<readonly number[]>;
}

/** The chains of a length, ordered by where they lead. */
function borderAt({ best, byLength }: Reached, length: number): readonly Chain[] {
  return (byLength[length] ?? [])
    .map((to) => best.get(to) as Chain)
    .filter((chain) => chain.length === length)
    .sort((a, b) => a.to - b.to);
}

/** A list that was followed under a condition is worth following again without one. */
function isNews(followed: Map<readonly Edge[], boolean>, list: readonly Edge[], isOpen: boolean): boolean {
  const before = followed.get(list);
  if (before === true || before === isOpen) return false;
  followed.set(list, isOpen);
  return true;
}

function keepBetter(reached: Reached, from: Chain, edge: Edge, missing: string | null): void {
  const open = and(from.open, atEnd(from, edge.open));
  if (open === false || reached.spent.has(edge.to)) return;
  const length = from.length + (edge.by === undefined ? 1 : 2);
  let isSpent = true;
  for (let at = 0; at < edge.to.length; at++) {
    const before = reached.best.get(edge.to[at] as number);
    if (before && before.length < length) continue;
    isSpent = false;
    // of two that are equally long the second is better only without a condition
    if (before?.length === length && (before.open === true || open !== true)) continue;
    const unknown = missing ?? edge.missing ?? null;
    keep(reached, { to: edge.to[at] as number, length, open, from, edge, at, missing: unknown }, before);
  }
  // lengths only grow
  if (isSpent) reached.spent.add(edge.to);
}

function keep({ best, byLength }: Reached, chain: Chain, before: Chain | undefined): void {
  best.set(chain.to, chain);
  if (before?.length === chain.length) return;
  const there = byLength[chain.length] ?? [];
  there.push(chain.to);
  byLength[chain.length] = there;
}

/** The grants of a cell at the end of a chain and those along it; of a policy that nobody has yet there are none. */
export function chainGrants(grants: readonly Grant[], along: readonly Grant[]): readonly Grant[] {
  if (along.length === 0) return grants;
  const all = [...grants.filter(({ policy }) => policy !== ANY_POLICY_NAME), ...along];
  return [...new Map(all.map((one) => [`${one.layer} ${one.policy} ${one.statement}`, one])).values()];
}

/** The statements behind its IAM actions. */
export function grantsAlong({ from, edge }: Chain): readonly Grant[] {
  const before = from ? grantsAlong(from) : [];
  if (!edge?.grants) return before;
  return before.length === 0 ? edge.grants : [...before, ...edge.grants];
}
