import type { Condition } from '../../evaluator/decision.ts';
import type { Instance, RegionSnapshot, Tags } from '../../snapshot/snapshot.ts';
import type { PathRow } from './access-path.ts';

/** Who the principal becomes on the instance, `*` for any user that it likes. */
export interface Landing {
  readonly landsAs: readonly string[];
  /** the same where its session brings no tags of its own; null: tags do not count */
  readonly untagged: readonly string[] | null;
}

export function landing(
  path: PathRow,
  instance: Pick<Instance, 'platform'>,
  condition: Condition | null,
  session: Landing,
): Landing {
  if (path.landsAs === 'os-user') return { landsAs: osUsers(condition), untagged: null };
  if (path.landsAs === 'session-user') return session;
  const users =
    instance.platform === 'windows'
      ? path.landsAs.map((user) => user.replace(/^root\b/, 'SYSTEM'))
      : path.landsAs;
  return { landsAs: users, untagged: null };
}

/** As whom one lands who takes a session of the principal: whoever may tag it asks for any user. */
export function landsThrough({ landsAs, untagged }: Landing, mayTag: boolean): readonly string[] {
  if (untagged === null) return landsAs;
  return mayTag ? ANY_USER : untagged;
}

const ANY_USER: readonly string[] = ['*'];

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
 * ssm-user. A session tag stands before the role's own, so that whoever may tag a role's sessions chooses the user.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/session-preferences-run-as.html
 */
export function sessionUser(
  { tags, callerTags }: { readonly tags: Tags; readonly callerTags: boolean },
  region: RegionSnapshot | undefined,
): Landing {
  const preferences = region?.sessionPreferences;
  if (!preferences?.runAsEnabled) return { landsAs: ['ssm-user'], untagged: null };
  const user = runAsTag(tags) || preferences.runAsDefaultUser;
  const untagged = user ? [user] : [];
  return { landsAs: callerTags ? ANY_USER : untagged, untagged };
}

/** Does the account let sessions run as a user of their own anywhere? */
export function runsAsTagged(regions: Iterable<RegionSnapshot>): boolean {
  for (const { sessionPreferences } of regions) if (sessionPreferences?.runAsEnabled) return true;
  return false;
}

/** The OS user that a principal's own tag asks for; empty: none. */
export function runAsTag(tags: Tags): string {
  return tags.find(({ key }) => key === 'SSMSessionRunAs')?.value ?? '';
}
