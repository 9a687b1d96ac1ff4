import type { Condition } from '../../evaluator/decision.ts';
import type { Instance, RegionSnapshot, Tags } from '../../snapshot/snapshot.ts';
import type { PathRow } from './access-path.ts';

/** The OS users that the principal may get on the instance, `*` for any user. */
export interface OsUsers {
  readonly landsAs: readonly string[];
  /** the same for a session that sets no tags; null: tags do not matter */
  readonly untagged: readonly string[] | null;
}

export function osUsersOf(
  path: PathRow,
  instance: Pick<Instance, 'platform'>,
  condition: Condition | null,
  session: OsUsers,
): OsUsers {
  if (path.landsAs === 'os-user') return { landsAs: valuesLeft(condition, 'ec2:osuser'), untagged: null };
  if (path.landsAs === 'session-user') return session;
  const users =
    instance.platform === 'windows'
      ? path.landsAs.map((user) => user.replace(/^root\b/, 'SYSTEM'))
      : path.landsAs;
  return { landsAs: users, untagged: null };
}

/**
 * The OS users for a caller that assumes the principal. `asked`: the users that the caller may choose by a session
 * tag.
 */
export function landsThrough({ landsAs, untagged }: OsUsers, asked: readonly string[]): readonly string[] {
  return untagged === null ? landsAs : withAsked(asked, untagged);
}

/** Both, since the session tag is optional. */
function withAsked(asked: readonly string[], untagged: readonly string[]): readonly string[] {
  if (asked.length === 0) return untagged;
  const users = new Set([...untagged, ...asked]);
  return users.has('*') ? ANY_USER : [...users].sort();
}

export const ANY_USER: readonly string[] = ['*'];

/**
 * The OS users that a condition on a key allows, as values or patterns of the key. Any user, if the condition
 * excludes users or has an alternative without a limit.
 */
export function valuesLeft(condition: Condition | null, asked: string): readonly string[] {
  const users = new Set<string>();
  for (const { allOf } of condition?.anyOf ?? [{ allOf: [] }]) {
    const limit = allOf.find(
      ({ key, operator }) =>
        key.toLowerCase() === asked.toLowerCase() &&
        /(Equals|Like|IgnoreCase)(IfExists)?$/.test(operator) &&
        !/Not/.test(operator),
    );
    for (const user of limit?.values ?? ANY_USER) users.add(user);
  }
  return users.has('*') ? ANY_USER : [...users].sort();
}

export const RUN_AS_TAG = 'SSMSessionRunAs';

/** What decides the user of a principal's sessions if the preferences turn RunAs on. */
export interface RunAs {
  /** the user in its tag; empty: no tag */
  readonly tag: string;
  /** users that its callers may choose by a session tag, or patterns of them; `*`: any */
  readonly asked: readonly string[];
  /** users that it may write into its own tag, or patterns of them; `*`: any */
  readonly chosen: readonly string[];
  /** true if it may remove its tag */
  readonly untags: boolean;
}

/**
 * The OS user of a Session Manager session: the principal's `SSMSessionRunAs` tag, else the preferences'
 * RunAs user, else ssm-user. A session tag overrides the role's own, so a caller that may tag a role's
 * sessions chooses the user, as far as the trust policy allows; so does a principal that may change its own
 * tag. https://docs.aws.amazon.com/systems-manager/latest/userguide/session-preferences-run-as.html
 */
export function sessionUser(
  { tag, asked, chosen, untags }: RunAs,
  region: RegionSnapshot | undefined,
): OsUsers {
  const preferences = region?.sessionPreferences;
  if (preferences?.runAsEnabled === false) return { landsAs: ['ssm-user'], untagged: null };
  // preferences that were not read may turn RunAs on or not
  const preferred = preferences ? preferences.runAsDefaultUser : 'ssm-user';
  const isEither = untags || !preferences;
  const users = new Set([tag || preferred, isEither ? preferred : '', ...chosen].filter((user) => !!user));
  const untagged = users.has('*') ? ANY_USER : ([...users].sort() as string[]);
  return { landsAs: withAsked(asked, untagged), untagged };
}

/** True if RunAs is on in any region of the account, or may be. */
export function runsAsTagged(regions: Iterable<RegionSnapshot>): boolean {
  for (const { sessionPreferences } of regions) if (sessionPreferences?.runAsEnabled !== false) return true;
  return false;
}

/** The OS user in a principal's tag; empty: no tag. */
export function runAsTag(tags: Tags): string {
  return tags.find(({ key }) => key === RUN_AS_TAG)?.value ?? '';
}
