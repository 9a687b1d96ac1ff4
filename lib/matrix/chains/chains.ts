import type { Formula } from '../../evaluator/formula.ts';
import { remembered } from '../../memory/remembered.ts';
import { ANY_POLICY_NAME } from '../account/hypothetical-principals.ts';
import type { Grant } from '../paths/cell.ts';
import { inAssumedSession } from './assumed-session.ts';
import { type SessionLimits, underLimits } from './session-limits.ts';

/**
 * An edge from a principal to others, all of the same kind: assuming roles, or getting the roles of
 * instances.
 */
export interface Edge {
  /** its ends, as indexes of the principals */
  readonly to: readonly number[];
  /** how each end is shown: its ARN, or that of the instance; or only an IAM action */
  readonly steps: readonly string[];
  /** an IAM action that is shown before the step */
  readonly by?: string;
  /**
   * IAM actions, and their resources, that are shown after the step: its end was made stronger by them before
   */
  readonly after?: readonly string[];
  readonly open: Formula;
  /** it ends in a session of `sts:AssumeRole` */
  readonly assumes?: true;
  /** limits of the session; left out: none */
  readonly limits?: SessionLimits;
  /** the statements that grant that action */
  readonly grants?: readonly Grant[];
  /** the OS users that a caller may request by a session tag; `*`: any */
  readonly runAs?: readonly string[];
  /** the missing call if it is not known whether the edge exists */
  readonly missing?: string;
}

/**
 * The edges that chains may use: of those to the same principal the first, and the first without a condition;
 * certain ones come first.
 */
export function bestEdges(edges: readonly Edge[]): readonly Edge[] {
  const last = edges.reduce((most, { to }) => to.reduce((a, b) => Math.max(a, b), most), 0);
  // how each end has been reached: 1 under a condition, 2 without
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

/** The part of an edge that leads to some of its ends. */
export function partOf(edge: Edge, indexes: readonly number[]): Edge {
  if (indexes.length === edge.to.length) return edge;
  const pick = <T>(list: readonly T[]): readonly T[] => indexes.map((i) => list[i] as T);
  return { ...edge, to: pick(edge.to), steps: pick(edge.steps) };
}

const NO_USERS: readonly string[] = [];

/** Edges; those with the same condition are merged. */
export function edgesTo(
  ends: Iterable<{
    readonly to: number;
    readonly step: string;
    readonly open: Formula;
    readonly runAs?: readonly string[];
    readonly missing?: string | null;
    readonly limits?: SessionLimits | undefined;
  }>,
  kind: Pick<Edge, 'assumes'> = {},
): readonly Edge[] {
  type Ends = Edge & { readonly to: number[]; readonly steps: string[] };
  const known = new Map<string, Map<Formula, Ends>>();
  const unsure: Edge[] = [];
  const single: Edge[] = [];
  for (const { to, step, open, runAs = NO_USERS, missing = null, limits } of ends) {
    const limit = limits === undefined ? {} : { limits };
    if (missing !== null) {
      unsure.push({ to: [to], steps: [step], open, runAs, missing, ...kind, ...limit });
      continue;
    }
    // they are of one role
    if (limits !== undefined) {
      single.push({ to: [to], steps: [step], open, runAs, ...kind, limits });
      continue;
    }
    const edges = remembered(known, runAs.join('\t'), () => new Map<Formula, Ends>());
    const edge = remembered(edges, open, () => ({ to: [], steps: [], open, runAs, ...kind }));
    edge.to.push(to);
    edge.steps.push(step);
  }
  return [...[...known.values()].flatMap((edges) => [...edges.values()]), ...single, ...unsure];
}

/** The number of steps of a `via` that an edge takes. */
export function lengthOf({ by, after }: Edge): number {
  return 1 + (by === undefined ? 0 : 1) + (after?.length ?? 0);
}

/** What a principal can become, and how: the chain before and the last edge, null at the start. */
export interface Chain {
  readonly to: number;
  /** of its `via` */
  readonly length: number;
  readonly open: Formula;
  readonly from: Chain | null;
  readonly edge: Edge | null;
  /** the index of its end in the edge */
  readonly at: number;
  /** missing calls if it is not known whether one of its steps is possible */
  readonly missing: string | null;
  /** some of its steps have grants */
  readonly isGranted: boolean;
}

/** What is open at the end of a chain. */
export function atEnd({ edge }: Chain, open: Formula): Formula {
  return underLimits(edge?.limits, edge?.assumes ? inAssumedSession(open) : open);
}

/**
 * The grants of a cell at the end of a chain and those along it; a policy that does not exist yet has none.
 */
export function chainGrants(grants: readonly Grant[], along: readonly Grant[]): readonly Grant[] {
  if (along.length === 0) return grants;
  const all = [...grants.filter(({ policy }) => policy !== ANY_POLICY_NAME), ...along];
  return [...new Map(all.map((one) => [`${one.layer} ${one.policy} ${one.statement}`, one])).values()];
}

/** The statements that grant its IAM actions. */
export function grantsAlong(chain: Chain): readonly Grant[] {
  let along: readonly Grant[] = NO_GRANTS;
  if (!chain.isGranted) return along;
  // a chain may go through every role of the account
  for (let step: Chain | null = chain; step !== null; step = step.from) {
    const grants = step.edge?.grants;
    if (grants) along = along.length === 0 ? grants : [...grants, ...along];
  }
  return along;
}

const NO_GRANTS: readonly Grant[] = [];
