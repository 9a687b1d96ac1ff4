import { count } from '../policy/counted.ts';
import type { Audited } from './digest-audited.ts';
import type { DigestList, Field } from './digest-model.ts';
import { RANKED_SCOPE } from './fix-text.ts';

/**
 * The change of all accounts that removes the most root access of people to production. Null: none was
 * computed.
 */
export function fixList({ fixes, accounts }: Audited, field: Field): DigestList | null {
  const { first } = fixes;
  if (first === null) return null;
  const more = fixes.count - 1;
  return {
    heading: 'Change first',
    note: `Proved by evaluating the account with it${more > 0 ? `; ${count(more, 'more', 'more')} like it in the report` : ''}. fixes.json has the documents and the commands: ${RANKED_SCOPE}.`,
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
