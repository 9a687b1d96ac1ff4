import type { Formula } from '../../evaluator/formula.ts';
import type { AccessPath } from '../access-path.ts';
import type { Chain } from '../chains.ts';
import type { Rows } from '../rows/rows.ts';
import type { AskedPaths } from './asked-paths.ts';
import type { Base, Levels } from './base.ts';

/** Chains of which there are so many that it pays to know beforehand which of them matter. */
const MANY = 100;

/**
 * The chains that can decide what is held of a path, whatever one instance is like: of those that end in the same cells
 * and are equally open, the first.
 */
export class ChainEnds {
  readonly #rows: Rows;
  readonly #asked: AskedPaths;
  /** of the chains that there are without any change */
  readonly #known: ReadonlyMap<Levels, Map<AccessPath, Levels>>;

  constructor({ built, groups }: Base, asked: AskedPaths) {
    this.#rows = built.rows;
    this.#asked = asked;
    this.#known = new Map(groups.map(({ levels }) => [levels, new Map()]));
    for (const { levels, chains } of groups)
      if (chains.length >= MANY) for (const path of built.engine.paths) this.of(levels, path);
  }

  of(levels: Levels, path: AccessPath): Levels {
    const known = this.#known.get(levels);
    if (!known) return levels;
    let deciding = known.get(path);
    if (!deciding) {
      deciding = this.#deciding(levels, path);
      known.set(path, deciding);
    }
    return deciding;
  }

  #deciding(levels: Levels, path: AccessPath): Levels {
    const numbers = this.#asked.numbersOf(path);
    const seen = new Map<number, Formula[]>();
    const decides = ({ to, open }: Chain): boolean => {
      const number = numbers[this.#rows.classOf(to)] as number;
      if (number === -1) return false;
      const before = seen.get(number);
      if (!before) seen.set(number, [open]);
      else if (before.includes(true) || before.includes(open)) return false;
      else before.push(open);
      return true;
    };
    return levels.map((level) => level.filter(decides)).filter((level) => level.length > 0);
  }
}
