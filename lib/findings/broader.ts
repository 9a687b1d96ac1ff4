import type { Facts } from './facts.ts';
import type { Hit } from './rule.ts';

/** What stands, and what another rule says already. */
export interface Told {
  readonly kept: readonly Hit[];
  readonly dropped: readonly { readonly hit: Hit; readonly broader: Hit }[];
}

/**
 * Where two rules describe the same access of one principal, the broader one stands alone: when it covers every instance
 * of the narrower one, and is not the only one of the two that asks for MFA.
 */
export function dropNarrower(hits: readonly Hit[], facts: Facts): Told {
  const byPrincipal = Map.groupBy(hits, (hit) => hit.principal);
  const kept: Hit[] = [];
  const dropped: { hit: Hit; broader: Hit }[] = [];
  for (const hit of hits) {
    const within = hit.rule.within ?? [];
    const others = within.length > 0 ? (byPrincipal.get(hit.principal) ?? []) : [];
    const broader = others.find((other) => within.includes(other.rule.id) && describes(other, hit, facts));
    if (broader) dropped.push({ hit, broader });
    else kept.push(hit);
  }
  return { kept, dropped };
}

function describes(broader: Hit, narrower: Hit, facts: Facts): boolean {
  if (broader.guarded && !narrower.guarded) return false;
  return facts.covers(broader.cells ?? [], narrower.cells ?? []);
}
