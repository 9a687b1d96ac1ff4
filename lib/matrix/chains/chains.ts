import type { Formula } from '../../evaluator/formula.ts';
import { remembered } from '../../memory/remembered.ts';
import { ANY_POLICY_NAME } from '../account/hypothetical-principals.ts';
import type { Grant } from '../paths/cell.ts';
import { inAssumedSession } from './assumed-session.ts';
import { type SessionLimits, underLimits } from './session-limits.ts';

/** A way from a principal to others, all in the same way: assuming roles, or taking the roles of instances. */
export interface Edge {
  /** what it leads to, as indexes of the principals */
  readonly to: readonly number[];
  /** how each of these is shown: the ARN of the role, the instance or whomever it leads to; or an IAM action, where that is all */
  readonly steps: readonly string[];
  /** an IAM action that shows before the step */
  readonly by?: string;
  /** IAM actions, and what they name, that show behind the step: what it leads to was made stronger by them before */
  readonly after?: readonly string[];
  readonly open: Formula;
  /** it ends in a session of `sts:AssumeRole` */
  readonly assumes?: true;
  /** what the session cannot be of whoever takes it; left out: it may be as any */
  readonly limits?: SessionLimits;
  /** the statements that grant that action */
  readonly grants?: readonly Grant[];
  /** the OS users that whoever takes it may ask for by a tag of the session; `*`: any */
  readonly runAs?: readonly string[];
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

const NO_USERS: readonly string[] = [];

/** Edges of which those with the same condition are one. */
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

/** How many steps of a `via` an edge is. */
export function lengthOf({ by, after }: Edge): number {
  return 1 + (by === undefined ? 0 : 1) + (after?.length ?? 0);
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
  /** statements grant some of its steps */
  readonly isGranted: boolean;
}

/** What is open to whom a chain leads to. */
export function atEnd({ edge }: Chain, open: Formula): Formula {
  return underLimits(edge?.limits, edge?.assumes ? inAssumedSession(open) : open);
}

/** The grants of a cell at the end of a chain and those along it; of a policy that nobody has yet there are none. */
export function chainGrants(grants: readonly Grant[], along: readonly Grant[]): readonly Grant[] {
  if (along.length === 0) return grants;
  const all = [...grants.filter(({ policy }) => policy !== ANY_POLICY_NAME), ...along];
  return [...new Map(all.map((one) => [`${one.layer} ${one.policy} ${one.statement}`, one])).values()];
}

/** The statements behind its IAM actions. */
export function grantsAlong(chain: Chain): readonly Grant[] {
  let along: readonly Grant[] = NO_GRANTS;
  if (!chain.isGranted) return along;
  // a chain may come by every role of the account
  for (let step: Chain | null = chain; step !== null; step = step.from) {
    const grants = step.edge?.grants;
    if (grants) along = along.length === 0 ? grants : [...grants, ...along];
  }
  return along;
}

const NO_GRANTS: readonly Grant[] = [];
