import type { Instance } from '../../snapshot/snapshot.ts';
import type { Account } from '../account/account.ts';
import { InstanceFingerprints } from './instance-fingerprints.ts';
import type { Relevant } from './relevant.ts';
import type { ResourceFingerprints } from './resource-fingerprints.ts';

/**
 * The instances of an account in classes: every policy treats the members of a class alike, so one of each
 * (the first) represents all.
 */
export interface ClassifiedInstances {
  readonly representatives: readonly Instance[];
  /** the class of each instance */
  readonly classOf: Uint32Array;
  /** what policies read of the resources of paths */
  readonly features: ResourceFingerprints;
}

/** `more`: further properties that must be equal within a class. */
export function classify(
  account: Account,
  instances: readonly Instance[],
  relevant: Relevant,
  more: (instance: Instance) => string = () => '',
): ClassifiedInstances {
  const fingerprints = new InstanceFingerprints(account, relevant);
  const classOf = new Uint32Array(instances.length);
  const numbers = new Map<string, number>();
  const representatives: Instance[] = [];
  for (const [i, instance] of instances.entries()) {
    const key = `${fingerprints.of(instance).join('\n')}${more(instance)}`;
    let number = numbers.get(key);
    if (number === undefined) {
      number = representatives.length;
      numbers.set(key, number);
      representatives.push(instance);
    }
    classOf[i] = number;
  }
  return { representatives, classOf, features: fingerprints.features };
}
