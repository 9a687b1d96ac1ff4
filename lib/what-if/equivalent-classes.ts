import type { BuiltRows } from '../matrix/build.ts';
import { InstanceFingerprints } from '../matrix/classes/instance-fingerprints.ts';
import { relevantTo } from '../matrix/classes/relevant.ts';
import type { Instance } from '../snapshot/snapshot.ts';

/** An instance, and what policies can read of it: one text for each of InstanceFingerprints' names. */
export interface FingerprintedInstance {
  readonly instance: Instance;
  readonly fingerprint: readonly string[];
}

/** A part of a fingerprint, with the classes of instances by that part. */
export interface Projection {
  readonly names: ReadonlySet<string>;
  /** positions in a fingerprint */
  readonly at: readonly number[];
  readonly classes: ReadonlyMap<string, readonly number[]>;
}

/**
 * Finds classes of instances that a policy does not distinguish from a changed instance. Most policies read little,
 * so usually another instance has the same fingerprint.
 */
export class EquivalentClasses {
  readonly fingerprints: InstanceFingerprints;
  /** the first instance of each class */
  readonly #known: readonly FingerprintedInstance[];
  readonly #projections = new Map<string, Projection>();

  constructor({ audited, rows, instances }: BuiltRows) {
    this.fingerprints = new InstanceFingerprints(audited.account, relevantTo(audited.account));
    const known: FingerprintedInstance[] = [];
    for (const [i, instance] of instances.entries()) known[rows.placeOf(i)] ??= this.fingerprintOf(instance);
    this.#known = known;
  }

  fingerprintOf(instance: Instance): FingerprintedInstance {
    return { instance, fingerprint: this.fingerprints.of(instance) };
  }

  /** The first instance of a class. */
  firstOf(place: number): FingerprintedInstance {
    return this.#known[place] as FingerprintedInstance;
  }

  /** Names that nothing depends on do not separate anything. */
  projectionOf(names: ReadonlySet<string>): Projection {
    const at = this.fingerprints.names.flatMap((name, i) => (names.has(name) ? [i] : []));
    const known = this.#projections.get(at.join());
    if (known) return known;
    const classes = new Map<string, number[]>();
    for (const [place, { fingerprint }] of this.#known.entries()) {
      const text = joinedParts(fingerprint, at);
      const places = classes.get(text);
      if (places) places.push(place);
      else classes.set(text, [place]);
    }
    const projection = { names: new Set(at.map((i) => this.fingerprints.names[i] as string)), at, classes };
    this.#projections.set(at.join(), projection);
    return projection;
  }

  /** The names in which two instances differ. */
  differing(
    { fingerprint: a }: FingerprintedInstance,
    { fingerprint: b }: FingerprintedInstance,
  ): ReadonlySet<string> {
    return new Set(this.fingerprints.names.filter((_, i) => a[i] !== b[i]));
  }

  /** By projection: the classes whose fingerprint has the same part. */
  of({ fingerprint }: FingerprintedInstance): (projection: Projection) => readonly number[] {
    const known = new Map<Projection, readonly number[]>();
    return (projection) => {
      const places =
        known.get(projection) ?? projection.classes.get(joinedParts(fingerprint, projection.at)) ?? [];
      known.set(projection, places);
      return places;
    };
  }
}

export function joinedParts(fingerprint: readonly string[], at: readonly number[]): string {
  const [only] = at;
  return at.length === 1 ? (fingerprint[only as number] as string) : at.map((i) => fingerprint[i]).join('\n');
}
