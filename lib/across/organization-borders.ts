import type { Formula } from '../evaluator/formula.ts';
import { formulaKey } from '../evaluator/formula-key.ts';
import { remembered } from '../memory/remembered.ts';
import type { Border } from './border.ts';
import { PackedBorder, type Packing } from './packed-border.ts';

const AS_TEXT: Packing = {
  pack: (text) => new TextEncoder().encode(text),
  unpack: (packed) => new TextDecoder().decode(packed),
};

/** What the accounts of an organisation left, one after another: of thousands only what chains are made of is kept. */
export class OrganizationBorders {
  readonly #packing: Packing;
  readonly #all: PackedBorder[] = [];
  readonly #texts = new Map<string, string>();
  readonly #lists = new Map<string, unknown>();
  readonly #formulas = new Map<string, Formula>();
  #nodes = 0;

  /** `packing`: how what is seldom looked at is kept; left out: as it is */
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
