import { bySeverity } from '../findings/severities.ts';
import type { PrincipalKind } from '../matrix/paths/cell.ts';
import type { ChangeRow } from './changes.ts';
import { byStrength } from './row-strength.ts';

type KindOf = (arn: string) => PrincipalKind;

/** The same principals, people before machines, roles of AWS and outsiders. */
export function peopleFirst(principals: readonly string[], kindOf: KindOf): readonly string[] {
  const isPerson = (arn: string): boolean => kindOf(arn) === 'person';
  return [...principals.filter(isPerson), ...principals.filter((arn) => !isPerson(arn))];
}

/** Among equally grave rows those with people come first, and among their principals the people. */
export function rowsWithPeopleFirst(rows: readonly ChangeRow[], kindOf: KindOf): readonly ChangeRow[] {
  const ordered = rows.map((row) => ({ ...row, principals: peopleFirst(row.principals, kindOf) }));
  const others = ({ principals }: ChangeRow): number => Number(kindOf(principals[0] ?? '') !== 'person');
  return ordered.sort(
    (a, b) => bySeverity(a.severity, b.severity) || others(a) - others(b) || byStrength(a, b),
  );
}
