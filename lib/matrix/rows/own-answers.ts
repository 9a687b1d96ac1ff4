import type { Bits } from '../../evaluator/bits.ts';
import type { Instance } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from '../account/account.ts';
import { askRow, requestGrants } from '../account/one-cell.ts';
import { targetsOf } from '../account/targets.ts';
import type { RequestRow } from '../paths/access-path.ts';
import { merge, type Piece } from './pieces.ts';
import { answerName, type RowAnswer } from './row-answer.ts';

/** Describes a request on the caller's own resource. */
interface OwnAsk {
  readonly subject: Subject;
  readonly account: Account;
  /** by name: instances that have the same resource */
  readonly groups: ReadonlyMap<string, readonly Instance[]>;
  /** the places of all instances with the name */
  readonly where: (name: string) => Bits;
}

/** The answers to a request on the caller's own resource, evaluated once for each group of instances. */
export function ownAnswers(
  row: RequestRow,
  { subject, account, groups, where }: OwnAsk,
): readonly Piece<RowAnswer>[] {
  const pieces = [...groups].flatMap(([name, instances]) => {
    const first = instances[0] as Instance;
    const targets = targetsOf(row.on, first, account, subject);
    const { open, chosen } = askRow(row, targets, { subject, region: first.region }, account);
    if (open === false || !chosen) return [];
    return [{ bits: where(name), value: { open, grants: requestGrants([chosen.combined]) } }];
  });
  return merge(pieces, answerName);
}
