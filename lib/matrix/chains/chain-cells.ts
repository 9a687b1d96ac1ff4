import { and } from '../../evaluator/formula.ts';
import { formulaKey } from '../../evaluator/formula-key.ts';
import type { Residual, Residuals } from '../../evaluator/residual/residuals.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Grant } from '../paths/cell.ts';
import { landsThrough } from '../paths/lands-as.ts';
import type { HeldCell } from '../rows/row-cell.ts';
import { atEnd, type Chain, chainGrants, grantsAlong } from './chains.ts';
import { bothCodes, type Codes, codesIn } from './codes.ts';

/** Cells as chains give them. Thousands of chains give equal cells: these are one object. */
export class ChainCells {
  readonly #residuals: Residuals;
  /** by the end of the chain, its codes, and its condition */
  readonly #held = new Map<string, Map<Codes, Map<string, Map<HeldCell, HeldCell | null>>>>();
  readonly #granted = new WeakMap<readonly Grant[], Map<HeldCell, HeldCell>>();

  constructor(residuals: Residuals) {
    this.#residuals = residuals;
  }

  /** Null if the conditions of the chain and the cell exclude each other. */
  of(cell: HeldCell, chain: Chain): HeldCell | null {
    const held = remembered(this.#knownOf(chain), cell, () => this.#hold(chain, cell));
    return held && this.#withGrants(held, grantsAlong(chain));
  }

  #knownOf(chain: Chain): Map<HeldCell, HeldCell | null> {
    const byCodes = remembered(this.#held, kindOf(chain), () => new Map());
    const byKey = remembered(byCodes, chain.codes, () => new Map());
    return remembered(byKey, formulaKey(chain.open), () => new Map<HeldCell, HeldCell | null>());
  }

  #hold(chain: Chain, cell: HeldCell): HeldCell | null {
    const residual = this.#residuals.of(and(chain.open, atEnd(chain, cell.residual.open)), [], []);
    if (residual.remains === false) return null;
    const landsAs = landsThrough(cell, chain.edge?.runAs ?? []);
    const held = { ...cell, landsAs, residual: { ...residual, ...codesAlong(chain, cell, residual) } };
    const missing = chain.missing ?? cell.missing;
    if (missing !== null) return { ...held, verdict: 'unknown', condition: null, missing };
    const condition = residual.remains === true ? null : residual.remains;
    return { ...held, verdict: condition ? 'conditional' : 'allowed', condition };
  }

  /** The statements that grant a chain's IAM actions also grant the cell. */
  #withGrants(cell: HeldCell, along: readonly Grant[]): HeldCell {
    if (along.length === 0) return cell;
    const known = remembered(this.#granted, along, () => new Map<HeldCell, HeldCell>());
    return remembered(known, cell, () => ({ ...cell, grants: chainGrants(cell.grants, along) }));
  }
}

/** The codes of the chain's steps and of the cell at its end. */
function codesAlong(
  { codes }: Chain,
  cell: HeldCell,
  residual: Residual,
): Pick<Residual, 'uncertain' | 'own'> {
  const all = (of: 'uncertain' | 'own'): Codes =>
    bothCodes(codesIn([...cell.residual[of], ...residual[of]]), codes);
  return { uncertain: all('uncertain'), own: all('own') };
}

/** Equal for chains that differ only in condition and codes. Usually no text is created. */
function kindOf({ edge, missing }: Chain): string {
  const limits = edge?.limits ? ` as ${edge.limits.id}` : '';
  const kind = (edge?.assumes ? 'assumed' : '') + limits;
  const isTagged = edge?.runAs !== undefined && edge.runAs.length > 0;
  return missing === null && !isTagged ? kind : `${kind} ${edge?.runAs?.join('\t') ?? ''} ${missing ?? ''}`;
}
