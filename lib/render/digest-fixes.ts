import type { Audited } from './digest-audited.ts';
import type { DigestList, Field } from './digest-model.ts';
import { count } from './names.ts';

/** Of all accounts the one change that takes away the most root of people on production. Null: it was not worked out. */
export function fixList({ fixes, accounts }: Audited, field: Field): DigestList | null {
  const { first } = fixes;
  if (first === null) return null;
  const more = fixes.count - 1;
  return {
    heading: 'Change first',
    note: `Proved by evaluating the account with it${more > 0 ? `; ${count(more, 'more', 'more')} like it in the report` : ''}. fixes.json has the documents and the commands.`,
    rows: [
      {
        severity: null,
        head: field(`${accounts === 1 ? '' : `${first.accountId}: `}${first.says}`),
        lines: [first.proof],
        commands: first.commands,
      },
    ],
  };
}
