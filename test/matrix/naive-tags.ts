import { openOf } from '../../lib/evaluator/combine.ts';
import { settle } from '../../lib/evaluator/formula.ts';
import { type Account, policiesOf, type Subject } from '../../lib/matrix/account/account.ts';
import { ask } from '../../lib/matrix/account/question.ts';

/** The keys of the tags that somebody keeps who takes from himself what he may, of those that policies ask for. */
export function untaggedNaively(by: Subject, account: Account): readonly string[] {
  const words = JSON.stringify([
    ...account.subjects.flatMap((one) => policiesOf(one).map(({ document }) => document)),
    ...account.snapshot.roles.map(({ trust }) => account.policies.get(trust)?.document),
    // of groups that nobody is in yet, too
    ...account.snapshot.groups.flatMap(({ policies }) =>
      policies.map((id) => account.policies.get(id)?.document),
    ),
  ]);
  const action = by.role ? 'iam:UntagRole' : 'iam:UntagUser';
  const target = { arn: by.arn, tags: by.tags };
  const asked = by.tags.flatMap(({ key }) => {
    // in IAM, keys that differ by their case alone are one
    const spelled = new RegExp(`aws:PrincipalTag/(${key.replaceAll(/[^\w]/g, '\\$&')})["}]`, 'i').exec(
      words,
    )?.[1];
    if (spelled === undefined) return [];
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
