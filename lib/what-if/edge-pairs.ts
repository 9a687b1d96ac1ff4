import { formulaKey } from '../evaluator/formula-key.ts';
import type { OwnEdges } from '../matrix/chains/chain-group.ts';
import { codesOf, type Edge, rankOfEdge } from '../matrix/chains/chains.ts';
import { remembered } from '../memory/remembered.ts';

/** The edge to another principal before and after a change; null: it cannot become that one. */
export interface EdgePair {
  readonly to: number;
  readonly before: Edge | null;
  readonly after: Edge | null;
  /** some edges to it end in limited sessions */
  readonly isLimited?: boolean;
}

/** The edges of a principal after a change, and the principals to which they differ. */
export interface ChangedEdges extends OwnEdges {
  readonly changed: readonly EdgePair[];
}

/** The principals to which two lists of edges differ. */
export function changedPairs(before: readonly Edge[], after: readonly Edge[]): readonly EdgePair[] {
  const [was, is] = [byEnd(before), byEnd(after)];
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((to) => namesOf(was.get(to)) !== namesOf(is.get(to)))
    .map((to) => ({
      ...{ to, before: bestOf(was.get(to)), after: bestOf(is.get(to)) },
      isLimited: [was, is].some((edges) => edges.get(to)?.some(({ limits }) => limits)),
    }));
}

/** Equal for edges that mean the same. */
export function edgeName(edge: Edge | null): string {
  if (!edge) return '';
  const { steps, by = '', missing = '', limits, grants = [] } = edge;
  const granted = grants.map(({ policy, statement }) => `${policy} ${statement}`).join();
  return `${by} ${steps.join()} ${codesOf(edge).join()} ${missing} ${limits?.id ?? ''} ${granted} ${formulaKey(edge.open)}`;
}

function namesOf(edges: readonly Edge[] = []): string {
  return edges.map(edgeName).join('\n');
}

/** The first edge of the best rank. */
function bestOf(edges: readonly Edge[] = []): Edge | null {
  const best = Math.max(...edges.map(rankOfEdge));
  return edges.find((edge) => rankOfEdge(edge) === best) ?? null;
}

function byEnd(edges: readonly Edge[]): ReadonlyMap<number, readonly Edge[]> {
  const found = new Map<number, Edge[]>();
  for (const edge of edges) {
    for (const [i, to] of edge.to.entries()) {
      const known = remembered(found, to, () => []);
      known.push({ ...edge, to: [to], steps: [edge.steps[i] as string] });
    }
  }
  return found;
}
