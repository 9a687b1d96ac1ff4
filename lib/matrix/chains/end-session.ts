import type { Chain, Edge } from './chains.ts';
import { sessionKind } from './session-kind.ts';

/** True if two edges end in sessions of the same kind and with the same limits: the same conditions hold there. */
export function isSameSession(one: Edge | null, other: Edge | null): boolean {
  return sessionKind(one) === sessionKind(other) && one?.limits === other?.limits;
}

export type EndKey = number | string;

/** Equal for chains to the same principal in the same session: there may be one chain for each session. */
export function endKey({ to, edge }: Pick<Chain, 'to' | 'edge'>): EndKey {
  if (edge?.limits) return `${to} ${edge.limits.id}`;
  return sessionKind(edge) === 'assumed' ? ~to : to;
}
