import { withAtoms } from '../../lib/evaluator/atoms.ts';
import { openOf } from '../../lib/evaluator/combine.ts';
import type { Condition } from '../../lib/evaluator/decision.ts';
import { type Formula, settle } from '../../lib/evaluator/formula.ts';
import { remaining } from '../../lib/evaluator/residual/remaining.ts';
import { type Account, policiesOf, type Subject } from '../../lib/matrix/account/account.ts';
import { ask } from '../../lib/matrix/account/question.ts';
import type { OsUsers } from '../../lib/matrix/paths/lands-as.ts';

/** The keys of the tags that remain after a principal removed what it may, of those that policies read. */
export function untaggedNaively(by: Subject, account: Account): readonly string[] {
  const held = new Set([
    ...account.subjects.flatMap(({ layers }) => layers.identityPolicies.map(({ name }) => name)),
    ...account.snapshot.groups.flatMap(({ policies }) => policies),
    ...[...account.snapshot.users, ...account.snapshot.roles].map(({ boundary }) => boundary),
  ]);
  const words = JSON.stringify([
    // a version that somebody may activate may read tags too
    ...account.snapshot.policies
      .filter(({ id, kind }) => kind === 'earlier-version' && held.has(id.replace(/:v\d+$/, '')))
      .map(({ document }) => document),
    ...account.subjects.flatMap((one) => policiesOf(one).map(({ document }) => document)),
    ...account.snapshot.roles.map(({ trust }) => account.policies.get(trust)?.document),
    // groups without members count as well
    ...account.snapshot.groups.flatMap(({ policies }) =>
      policies.map((id) => account.policies.get(id)?.document),
    ),
  ]);
  const action = by.role ? 'iam:UntagRole' : 'iam:UntagUser';
  const target = { arn: by.arn, tags: by.tags };
  const asked = by.tags.flatMap(({ key }) => {
    // IAM ignores the case of tag keys
    const spelled = new RegExp(`aws:PrincipalTag/(${key.replaceAll(/[^\w]/g, '\\$&')})["}]`, 'i').exec(
      words,
    )?.[1];
    if (spelled === undefined) return [];
    // a tag that a session may set has any value
    if (by.sessionTags(key.toLowerCase())) return [];
    const row = { action, on: 'any' as const, context: { 'aws:TagKeys': spelled }, carries: [] };
    const combined = ask(account, { subject: by, row, target, region: '' });
    return [{ key, open: settle(openOf(combined), new Set()) }];
  });
  const sure = asked.some(({ open }) => open === true);
  const gone = asked
    .filter(({ open }) => (sure ? open === true : open !== false))
    .map(({ key }) => key.toLowerCase());
  return by.tags.map(({ key }) => key).filter((key) => !gone.includes(key.toLowerCase()));
}

/** The OS users of sessions: by the tag, as it is or as the principal can change it, else by the preferences. */
export function sessionUserNaively(by: Subject, account: Account, region: string): OsUsers {
  const preferences = account.regions.get(region)?.sessionPreferences;
  if (preferences && !preferences.runAsEnabled) return { landsAs: ['ssm-user'], untagged: null };
  // nobody read them: RunAs is on or off
  const users = new Set<string>(preferences ? [] : ['ssm-user']);
  const tag = by.tags.find(({ key }) => key === 'SSMSessionRunAs')?.value;
  const kind = by.role ? 'Role' : 'User';
  const isOfAws = /^\/aws-(service-role|reserved)\//.test(by.role?.path ?? '');
  const may = (verb: string, carries: readonly string[]): boolean | Condition => {
    if (isOfAws) return false;
    const context = { 'aws:TagKeys': 'SSMSessionRunAs' };
    const row = { action: `iam:${verb}${kind}`, on: 'any' as const, context, carries };
    const combined = ask(account, { subject: by, row, target: { arn: by.arn, tags: by.tags }, region: '' });
    return remaining(openOf(combined), { given: by.given });
  };
  for (const user of namedIn(may('Tag', ['aws:requesttag/ssmsessionrunas']))) users.add(user);
  if (tag) users.add(tag);
  if ((!tag || may('Untag', []) !== false) && preferences?.runAsDefaultUser)
    users.add(preferences.runAsDefaultUser);
  const own = users.has('*') ? ['*'] : [...users].sort();
  const asked = new Set([...own, ...by.runAs]);
  const landsAs = by.runAs.length === 0 ? own : asked.has('*') ? ['*'] : [...asked].sort();
  return { landsAs, untagged: own };
}

/** The users that a tag may be set to. */
function namedIn(left: boolean | Condition): readonly string[] {
  if (typeof left === 'boolean') return left ? ['*'] : [];
  return left.anyOf.flatMap(({ allOf }) => {
    const limits = allOf.filter(
      ({ key, operator }) => /sessionrunas$/i.test(key) && !/Not|Null/.test(operator),
    );
    return limits[0]?.values ?? ['*'];
  });
}

/** The tags of this resource only. */
export function tagsOf(arn: string, open: Formula): Formula {
  return withAtoms(open, (atom) =>
    atom.canonical.startsWith('aws:resourcetag/')
      ? { ...atom, id: `${atom.id} where ${arn}`, canonical: `${atom.canonical} where ${arn}` }
      : atom,
  );
}

/** Equal for the same tags that a principal has set itself. */
export const tagsText = (tags: ReadonlySet<string> | undefined): string => [...(tags ?? [])].join();
