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
  if (path.landsAs === 'os-user') return { landsAs: valuesLeft(condition, 'ec2:osuser'), untagged: null };
  if (path.landsAs === 'session-user') return session;
  const users =
    instance.platform === 'windows'
      ? path.landsAs.map((user) => user.replace(/^root\b/, 'SYSTEM'))
      : path.landsAs;
  return { landsAs: users, untagged: null };
}

/** As whom one lands who takes a session of the principal: `asked` are the users that he may ask for by a tag. */
export function landsThrough({ landsAs, untagged }: Landing, asked: readonly string[]): readonly string[] {
  return untagged === null ? landsAs : withAsked(asked, untagged);
}

/** Nobody has to tag his session. */
function withAsked(asked: readonly string[], untagged: readonly string[]): readonly string[] {
  if (asked.length === 0) return untagged;
  const users = new Set([...untagged, ...asked]);
  return users.has('*') ? ANY_USER : [...users].sort();
}

export const ANY_USER: readonly string[] = ['*'];

/**
 * The OS users that a condition on a key leaves, as its values or patterns of them; a limit by exclusion, or none in one
 * of its cases, leaves any.
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

/** What of a principal decides as whom its sessions run where the preferences turn RunAs on. */
export interface RunAs {
  /** the user of its tag; empty: none */
  readonly tag: string;
  /** the users that those who assume it may ask for by a session tag, or patterns of them; `*`: any */
  readonly asked: readonly string[];
  /** the users that it may write into its tag, or patterns of them; `*`: any */
  readonly chosen: readonly string[];
  /** it may take the tag away */
  readonly untags: boolean;
}

/**
 * The OS user of a Session Manager session: the principal's `SSMSessionRunAs` tag, else the preferences' RunAs user, else
 * ssm-user. A session tag stands before the role's own, so that whoever may tag a role's sessions chooses the user, as
 * far as the trust policy leaves him; so does whoever may change that tag of himself.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/session-preferences-run-as.html
 */
export function sessionUser(
  { tag, asked, chosen, untags }: RunAs,
  region: RegionSnapshot | undefined,
): Landing {
  const preferences = region?.sessionPreferences;
  if (!preferences?.runAsEnabled) return { landsAs: ['ssm-user'], untagged: null };
  const preferred = preferences.runAsDefaultUser;
  const users = new Set([tag || preferred, untags ? preferred : '', ...chosen].filter((user) => !!user));
  const untagged = users.has('*') ? ANY_USER : ([...users].sort() as string[]);
  return { landsAs: withAsked(asked, untagged), untagged };
}

/** Does the account let sessions run as a user of their own anywhere? */
export function runsAsTagged(regions: Iterable<RegionSnapshot>): boolean {
  for (const { sessionPreferences } of regions) if (sessionPreferences?.runAsEnabled) return true;
  return false;
}

/** The OS user that a principal's own tag asks for; empty: none. */
export function runAsTag(tags: Tags): string {
  return tags.find(({ key }) => key === RUN_AS_TAG)?.value ?? '';
}
