import type { Condition } from '../../evaluator/decision.ts';
import type { Instance, RegionSnapshot, Tags } from '../../snapshot/snapshot.ts';
import type { AccessPath } from './access-path.ts';

/** Who the principal becomes on the instance, `*` for any user that it likes. */
export function landsAs(
  path: AccessPath,
  instance: Pick<Instance, 'platform'>,
  condition: Condition | null,
  session: readonly string[],
): readonly string[] {
  if (path.landsAs === 'os-user') return osUsers(condition);
  if (path.landsAs === 'session-user') return session;
  return instance.platform === 'windows'
    ? path.landsAs.map((user) => (user === 'root' ? 'SYSTEM' : user))
    : path.landsAs;
}

/** The OS users that a condition on `ec2:osuser` leaves; a limit by exclusion, or none in one of its cases, leaves any. */
function osUsers(condition: Condition | null): readonly string[] {
  const users = new Set<string>();
  for (const { allOf } of condition?.anyOf ?? [{ allOf: [] }]) {
    const limit = allOf.find(
      ({ key, operator }) =>
        key.toLowerCase() === 'ec2:osuser' &&
        /(Equals|Like|IgnoreCase)(IfExists)?$/.test(operator) &&
        !/Not/.test(operator),
    );
    for (const user of limit?.values ?? ['*']) users.add(user);
  }
  return users.has('*') ? ['*'] : [...users].sort();
}

/**
 * The OS user of a Session Manager session: the principal's `SSMSessionRunAs` tag, else the preferences' RunAs user, else
 * ssm-user. https://docs.aws.amazon.com/systems-manager/latest/userguide/session-preferences-run-as.html
 */
export function sessionUser(tags: Tags, region: RegionSnapshot | undefined): readonly string[] {
  const preferences = region?.sessionPreferences;
  if (!preferences?.runAsEnabled) return ['ssm-user'];
  const user = runAsTag(tags) || preferences.runAsDefaultUser;
  return user ? [user] : [];
}

/** The OS user that a principal's own tag asks for; empty: none. */
export function runAsTag(tags: Tags): string {
  return tags.find(({ key }) => key === 'SSMSessionRunAs')?.value ?? '';
}
