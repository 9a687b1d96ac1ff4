import type { Formula } from '../evaluator/formula.ts';
import { formulaKey } from '../evaluator/formula-key.ts';
import { remembered } from '../memory/remembered.ts';
import type { Border } from './border.ts';
import { PackedBorder, type Packing } from './packed-border.ts';

const AS_TEXT: Packing = {
  pack: (text) => new TextEncoder().encode(text),
  unpack: (packed) => new TextDecoder().decode(packed),
};

/**
 * Collects the data of an organisation's accounts, one after another: of thousands only the chains are kept in memory.
 */
export class OrganizationBorders {
  readonly #packing: Packing;
  readonly #all: PackedBorder[] = [];
  readonly #texts = new Map<string, string>();
  readonly #lists = new Map<string, unknown>();
  readonly #formulas = new Map<string, Formula>();
  #nodes = 0;

  /** `packing`: the form of data that is rarely read; left out: text */
  constructor(packing: Packing = AS_TEXT) {
    this.#packing = packing;
  }

  add(border: Border): void {
    this.#all.push(
      new PackedBorder(border, {
        first: this.#nodes,
        packing: this.#packing,
        formula: (formula) => remembered(this.#formulas, formulaKey(formula), () => formula),
        text: (text) => remembered(this.#texts, text, () => text) as typeof text,
        texts: (texts) => remembered(this.#lists, texts.join('\n'), () => texts) as typeof texts,
      }),
    );
    this.#nodes += border.nodes.length;
  }

  get all(): readonly PackedBorder[] {
    return this.#all;
  }
}
