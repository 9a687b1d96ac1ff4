import type { BuiltRows } from '../matrix/build.ts';
import { InstanceLooks } from '../matrix/classes/instance-fingerprints.ts';
import { relevantTo } from '../matrix/classes/relevant.ts';
import type { Instance } from '../snapshot/snapshot.ts';

/** An instance, and what policies see of it: one text for each of the names of InstanceLooks. */
export interface Looked {
  readonly instance: Instance;
  readonly look: readonly string[];
}

/** Some of what policies see of instances, with the classes by how they look to whoever sees nothing else. */
export interface Sight {
  readonly names: ReadonlySet<string>;
  /** places in a look */
  readonly at: readonly number[];
  readonly classes: ReadonlyMap<string, readonly number[]>;
}

/**
 * Finds classes of instances that look to a policy like an instance that is not there: most policies see little, and
 * what an instance with another tag would look like to them, some other instance does already.
 */
export class Twins {
  readonly looks: InstanceLooks;
  /** the first of each class */
  readonly #known: readonly Looked[];
  readonly #sights = new Map<string, Sight>();

  constructor({ engine, rows, instances }: BuiltRows) {
    this.looks = new InstanceLooks(engine.account, relevantTo(engine.account));
    const known: Looked[] = [];
    for (const [i, instance] of instances.entries()) known[rows.placeOf(i)] ??= this.lookAt(instance);
    this.#known = known;
  }

  lookAt(instance: Instance): Looked {
    return { instance, look: this.looks.of(instance) };
  }

  /** The first instance of a class. */
  firstOf(place: number): Looked {
    return this.#known[place] as Looked;
  }

  /** Names that nobody asks for tell nothing apart. */
  sightOf(names: ReadonlySet<string>): Sight {
    const at = this.looks.names.flatMap((name, i) => (names.has(name) ? [i] : []));
    const known = this.#sights.get(at.join());
    if (known) return known;
    const classes = new Map<string, number[]>();
    for (const [place, { look }] of this.#known.entries()) {
      const text = textOf(look, at);
      const places = classes.get(text);
      if (places) places.push(place);
      else classes.set(text, [place]);
    }
    const sight = { names: new Set(at.map((i) => this.looks.names[i] as string)), at, classes };
    this.#sights.set(at.join(), sight);
    return sight;
  }

  /** What policies see that differs. */
  differing({ look: a }: Looked, { look: b }: Looked): ReadonlySet<string> {
    return new Set(this.looks.names.filter((_, i) => a[i] !== b[i]));
  }

  /** For whoever sees only some of it: the classes that an instance cannot be told from. */
  of({ look }: Looked): (sight: Sight) => readonly number[] {
    const known = new Map<Sight, readonly number[]>();
    return (sight) => {
      const places = known.get(sight) ?? sight.classes.get(textOf(look, sight.at)) ?? [];
      known.set(sight, places);
      return places;
    };
  }
}

export function textOf(look: readonly string[], at: readonly number[]): string {
  const [only] = at;
  return at.length === 1 ? (look[only as number] as string) : at.map((i) => look[i]).join('\n');
}
