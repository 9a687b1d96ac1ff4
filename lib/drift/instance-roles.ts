import { once } from '../memory/once.ts';
import { instancesOf } from '../snapshot/instances-of.ts';
import type { Run } from './run.ts';

/**
 * The roles that an instance had on either side, by its ARN; computed on demand, since most comparisons do
 * not need it.
 */
export function instanceRoles(before: Run, after: Run): (instance: string) => readonly string[] {
  const sides = once(() => [rolesIn(before), rolesIn(after)]);
  return (instance) => {
    if (!/^arn:[^:]*:ec2:/.test(instance)) return NONE;
    return [...new Set(sides().flatMap((roles) => roles.get(instance) ?? NONE))];
  };
}

const NONE: readonly string[] = [];

function rolesIn({ snapshot }: Run): ReadonlyMap<string, readonly string[]> {
  const byProfile = new Map(snapshot.instanceProfiles.map(({ arn, roles }) => [arn, roles]));
  return new Map(
    instancesOf(snapshot).flatMap(({ arn, instanceProfile }) => {
      const roles = instanceProfile === null ? undefined : byProfile.get(instanceProfile);
      return roles === undefined ? [] : [[arn, roles]];
    }),
  );
}
