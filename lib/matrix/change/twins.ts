import type { Instance } from '../../snapshot/snapshot.ts';
import type { BuiltRows } from '../build.ts';
import { InstanceLooks } from '../rows/instance-looks.ts';
import { relevantTo } from '../rows/relevant.ts';

/** What policies see of an instance: one text for each of the names of InstanceLooks. */
export type Look = readonly string[];

/** Some of what policies see of instances, with the classes by how they look to whoever sees nothing else. */
export interface Sight {
  readonly names: ReadonlySet<string>;
  /** places in a Look */
  readonly at: readonly number[];
  readonly classes: ReadonlyMap<string, number>;
}

/**
 * Finds classes of instances that look to a policy like an instance that is not there: most policies see little, and
 * what an instance with another tag would look like to them, some other instance does already.
 */
export class Twins {
  readonly looks: InstanceLooks;
  /** of each class */
  readonly #known: readonly Look[];
  readonly #sights = new Map<string, Sight>();

  constructor({ engine, rows, instances }: BuiltRows) {
    this.looks = new InstanceLooks(engine.account, relevantTo(engine.account));
    const known: Look[] = [];
    for (const [i, instance] of instances.entries()) known[rows.placeOf(i)] ??= this.looks.of(instance);
    this.#known = known;
  }

  /** Names that nobody asks for tell nothing apart. */
  sightOf(names: ReadonlySet<string>): Sight {
    const at = this.looks.names.flatMap((name, i) => (names.has(name) ? [i] : []));
    const known = this.#sights.get(at.join());
    if (known) return known;
    const classes = new Map<string, number>();
    for (const [place, look] of this.#known.entries()) {
      const text = textOf(look, at);
      if (!classes.has(text)) classes.set(text, place);
    }
    const sight = { names: new Set(at.map((i) => this.looks.names[i] as string)), at, classes };
    this.#sights.set(at.join(), sight);
    return sight;
  }

  /** What policies see that differs. */
  differing(one: Instance, other: Instance): ReadonlySet<string> {
    const [a, b] = [this.looks.of(one), this.looks.of(other)];
    return new Set(this.looks.names.filter((_, i) => a[i] !== b[i]));
  }

  /** For whoever sees only some of it: a class that an instance cannot be told from; null: none. */
  of(instance: Instance): (sight: Sight) => number | null {
    const look = this.looks.of(instance);
    const known = new Map<Sight, number | null>();
    return (sight) => {
      let place = known.get(sight);
      if (place === undefined) {
        place = sight.classes.get(textOf(look, sight.at)) ?? null;
        known.set(sight, place);
      }
      return place;
    };
  }
}

function textOf(look: Look, at: readonly number[]): string {
  return at.map((i) => look[i]).join('\n');
}
