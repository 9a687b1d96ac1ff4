import type { FixCause } from './cause.ts';
import { type Places, statementsOf } from './compose.ts';
import type { Edit, StatementJson } from './edit.ts';
import type { Candidate } from './forms.ts';

/** What can be done about a trust policy: what keeps the most entrances stands first. */
export function trustCandidates(places: Places, cause: FixCause): readonly Candidate[] {
  const isOwn = (entry: string): boolean =>
    entry === places.accountId || entry.split(':')[4] === places.accountId;
  return [
    candidate(places, cause, 'let in nobody from outside the account', isOwn),
    candidate(places, cause, 'let in no user or role of the account, and nobody from outside', () => false),
  ].filter((one) => one !== null);
}

function candidate(
  places: Places,
  cause: FixCause,
  says: string,
  isKept: (entry: string) => boolean,
): Candidate | null {
  const edits = cause.statements.flatMap(({ policy, statement }): readonly Edit[] => {
    const before = statementsOf(places.record(policy))?.[statement];
    const by = before ? narrowed(before, isKept) : null;
    return by === null ? [] : [{ kind: 'replace', policy, statement, by }];
  });
  return edits.length === 0 ? null : { says, edits };
}

/** A statement without those whom it lets in and who are not kept; null: nobody of them is to go. */
function narrowed(
  statement: StatementJson,
  isKept: (entry: string) => boolean,
): readonly StatementJson[] | null {
  const { Principal } = statement;
  if (Principal === '*') return isKept('*') ? null : [];
  if (typeof Principal !== 'object' || Principal === null) return null;
  const { AWS, Federated: _, ...services } = Principal as Readonly<Record<string, unknown>>;
  const entries = (Array.isArray(AWS) ? AWS : AWS === undefined ? [] : [AWS]).map(String);
  const kept = entries.filter(isKept);
  if (kept.length === entries.length && _ === undefined) return null;
  const left = { ...(kept.length === 0 ? {} : { AWS: kept }), ...services };
  return Object.keys(left).length === 0 ? [] : [{ ...statement, Principal: left }];
}
