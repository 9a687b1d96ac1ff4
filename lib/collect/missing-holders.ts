import type { IamPart } from '../snapshot/parts.ts';

/** How many users, groups and roles a managed policy says that it has. */
export interface HolderCounts {
  readonly arn: string;
  readonly attached: number;
  readonly bounded: number;
}

/**
 * Says that kinds of principals are missing from an answer: a policy has more holders than the answer, and a list of
 * the answer is empty. So `--filter` left that kind out, which an answer does not say. Null: nothing shows it.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ManagedPolicyDetail.html
 */
export function missingHolders(counts: readonly HolderCounts[], part: IamPart): string | null {
  const empty = emptyLists(part);
  if (empty.length === 0) return null;
  const held = numberOfEach(
    [...part.users, ...part.groups, ...part.roles].flatMap(({ policies }) => policies),
  );
  const limiting = numberOfEach([...part.users, ...part.roles].flatMap(({ boundary }) => boundary ?? []));
  const of = counts.find(
    ({ arn, attached, bounded }) => attached > (held.get(arn) ?? 0) || bounded > (limiting.get(arn) ?? 0),
  );
  if (of === undefined) return null;
  return `\`${of.arn}\` has more users, groups or roles than the answer, which has no ${empty.join(' and no ')}: write it again with every kind in \`--filter\``;
}

const emptyLists = ({ users, groups, roles }: IamPart): readonly string[] =>
  Object.entries({ users, groups, roles }).flatMap(([kind, list]) => (list.length === 0 ? [kind] : []));

function numberOfEach(ids: readonly string[]): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (const id of ids) numbers.set(id, (numbers.get(id) ?? 0) + 1);
  return numbers;
}
