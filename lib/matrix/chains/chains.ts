import { and, type Formula } from '../../evaluator/formula.ts';
import { remembered } from '../../memory/remembered.ts';
import { isToCome } from '../account/hypothetical-principals.ts';
import type { Grant } from '../paths/cell.ts';
import { inAssumedSession } from './assumed-session.ts';
import { bothCodes, type Codes, isCovered, NO_CODES, type Opening, rankOf, settled } from './codes.ts';
import { type SessionLimits, underLimits } from './session-limits.ts';

/** An edge from a principal to others of one kind: to roles that it assumes, or to roles of instances. */
export interface Edge {
  /** its ends, as indexes of the principals */
  readonly to: readonly number[];
  /** how each end is shown: its ARN, or the ARN of the instance; only for an IAM action: the action */
  readonly steps: readonly string[];
  /** an IAM action that is shown before the step */
  readonly by?: string;
  /** IAM actions and their resources, shown after the step: they made the end stronger before */
  readonly after?: readonly string[];
  readonly open: Formula;
  /** uncertainty codes; left out: none */
  readonly codes?: Codes;
  /** set if it ends in a session of `sts:AssumeRole` */
  readonly assumes?: true;
  /** limits of the session; left out: none */
  readonly limits?: SessionLimits;
  /** the statements that grant that action */
  readonly grants?: readonly Grant[];
  /** the OS users that a caller may request by a session tag; `*`: any */
  readonly runAs?: readonly string[];
  /** the missing call, if it is not known whether the edge exists */
  readonly missing?: string;
}

/**
 * The edges that chains may use. Of edges to the same principal: the first, the first without a condition, and the
 * first without codes. Edges that are certain come first. `bySession`: those of each kind of session.
 */
export function bestEdges(edges: readonly Edge[], bySession: boolean): readonly Edge[] {
  const last = edges.reduce((most, { to }) => to.reduce((a, b) => Math.max(a, b), most), 0);
  // by end: the ranks of the edges to it so far, one bit each
  const reached = new Uint8Array(last + 1);
  const assumed = bySession ? new Uint8Array(last + 1) : reached;
  const known = edges.filter(({ missing }) => missing === undefined);
  const unsure = edges.filter(({ missing }) => missing !== undefined);
  return [...known, ...unsure].flatMap((edge) => {
    const rank = rankOfEdge(edge);
    const ranks = edge.assumes ? assumed : reached;
    const news: number[] = [];
    for (const [i, to] of edge.to.entries()) {
      if (isCovered(ranks[to] as number, rank)) continue;
      (ranks[to] as number) |= 1 << rank;
      news.push(i);
    }
    return news.length > 0 ? [partOf(edge, news)] : [];
  });
}

/** The part of an edge with these of its ends. */
export function partOf(edge: Edge, indexes: readonly number[]): Edge {
  if (indexes.length === edge.to.length) return edge;
  const pick = <T>(list: readonly T[]): readonly T[] => indexes.map((i) => list[i] as T);
  return { ...edge, to: pick(edge.to), steps: pick(edge.steps) };
}

const NO_USERS: readonly string[] = [];

/** Makes edges; those with the same condition become one. */
export function edgesTo(
  ends: Iterable<{
    readonly to: number;
    readonly step: string;
    readonly open: Formula;
    readonly codes?: Codes;
    readonly runAs?: readonly string[];
    readonly missing?: string | null;
    readonly limits?: SessionLimits | undefined;
  }>,
  kind: Pick<Edge, 'assumes'> = {},
): readonly Edge[] {
  type Ends = Edge & { readonly to: number[]; readonly steps: string[] };
  const known = new Map<string, Map<Codes, Map<Formula, Ends>>>();
  const unsure: Edge[] = [];
  const single: Edge[] = [];
  for (const { to, step, open, codes = NO_CODES, runAs = NO_USERS, missing = null, limits } of ends) {
    const limit = limits === undefined ? {} : { limits };
    const shared = { open, runAs, ...kind, ...resting(codes) };
    if (missing !== null) {
      unsure.push({ to: [to], steps: [step], ...shared, missing, ...limit });
      continue;
    }
    // these are all edges to one role
    if (limits !== undefined) {
      single.push({ to: [to], steps: [step], ...shared, limits });
      continue;
    }
    const byCodes = remembered(known, runAs.join('\t'), () => new Map<Codes, Map<Formula, Ends>>());
    const edges = remembered(byCodes, codes, () => new Map<Formula, Ends>());
    const edge = remembered(edges, open, () => ({ to: [], steps: [], ...shared }));
    edge.to.push(to);
    edge.steps.push(step);
  }
  const merged = [...known.values()].flatMap((byCodes) => [...byCodes.values()]);
  return [...merged.flatMap((edges) => [...edges.values()]), ...single, ...unsure];
}

export function codesOf({ codes = NO_CODES }: Pick<Edge, 'codes'>): Codes {
  return codes;
}

export function rankOfEdge(edge: Edge): number {
  return rankOf({ open: edge.open, codes: codesOf(edge) });
}

/** Codes as an optional member of an edge. */
export function resting(codes: Codes): Pick<Edge, 'codes'> {
  return codes.length === 0 ? {} : { codes };
}

/** The number of steps of a `via` that an edge takes. */
export function lengthOf({ by, after }: Edge): number {
  return 1 + (by === undefined ? 0 : 1) + (after?.length ?? 0);
}

/** A principal that can be reached, with the previous part of the chain and the last edge; both null at the start. */
export interface Chain {
  readonly to: number;
  /** the number of steps in its `via` */
  readonly length: number;
  readonly open: Formula;
  /** the codes of its steps */
  readonly codes: Codes;
  readonly from: Chain | null;
  readonly edge: Edge | null;
  /** the index of its end in the edge */
  readonly at: number;
  /** missing calls, if it is not known whether all of its steps are possible */
  readonly missing: string | null;
  /** true if some of its steps have grants */
  readonly isGranted: boolean;
}

/** What remains of a condition at the end of a chain. */
export function atEnd({ edge }: Pick<Chain, 'edge'>, open: Formula): Formula {
  return underLimits(edge?.limits, edge?.assumes ? inAssumedSession(open) : open);
}

/** The condition and codes of a chain with one more step. */
export function openingAlong(from: Chain, edge: Edge): Opening {
  const codes = bothCodes(from.codes, codesOf(edge));
  const there = atEnd(from, edge.open);
  if (there === edge.open) return { open: and(from.open, there), codes };
  // keys that the session lacks have codes of their own
  const { open, codes: more } = settled(there);
  return { open: and(from.open, open), codes: bothCodes(codes, more) };
}

/** The grants of a cell and of the chain to it. A policy that does not exist yet has no grants. */
export function chainGrants(grants: readonly Grant[], along: readonly Grant[]): readonly Grant[] {
  if (along.length === 0) return grants;
  const all = [...grants.filter(({ policy }) => !isToCome(policy)), ...along];
  return [...new Map(all.map((one) => [`${one.layer} ${one.policy} ${one.statement}`, one])).values()];
}

/** The statements that grant its IAM actions. */
export function grantsAlong(chain: Chain): readonly Grant[] {
  let along: readonly Grant[] = NO_GRANTS;
  if (!chain.isGranted) return along;
  // a loop, since a chain may pass through every role of the account
  for (let step: Chain | null = chain; step !== null; step = step.from) {
    const grants = step.edge?.grants;
    if (grants) along = along.length === 0 ? grants : [...grants, ...along];
  }
  return along;
}

const NO_GRANTS: readonly Grant[] = [];
