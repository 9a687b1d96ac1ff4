import { emptyBits, setBit } from '../../evaluator/bits.ts';
import { foldInstances } from '../../matrix/fold-instances.ts';
import type { Matrix, Outcome } from '../../matrix/paths/matrix.ts';
import { type StoredSet, storeSet } from '../../matrix/stored/number-set.ts';
import { remembered } from '../../memory/remembered.ts';
import { strengthOf } from '../strength.ts';
import { Interned } from './interned.ts';
import type { MatrixData, PageOutcome } from './page-data.ts';

/** The groups of cells by instance classes. `details`: the detail number of each group, or -1. */
export function matrixData(matrix: Matrix, details: readonly number[]): MatrixData {
  const folded = foldInstances(matrix);
  const holders = new Interned<StoredSet>();
  const known = new Map<readonly number[], number>();
  const outcomes = new Interned<PageOutcome>();
  const outcomeNumbers = new Map<Outcome, number>();
  const holdersOf = (principals: readonly number[]): number =>
    remembered(known, principals, () => {
      const bits = emptyBits(matrix.principals.length);
      for (const principal of principals) setBit(bits, principal);
      return holders.of(storeSet(bits));
    });
  const groups = matrix.groups.map(
    ({ path, principals, outcome }, at) =>
      [
        matrix.paths.indexOf(path),
        holdersOf(principals),
        folded.setOf[at] as number,
        remembered(outcomeNumbers, outcome, () => outcomes.of(pageOutcome(outcome))),
        strengthOf(path, outcome.verdict, outcome.landsAs),
        details[at] ?? -1,
      ] as const,
  );
  return {
    classes: folded.classes,
    holders: holders.list,
    sets: folded.sets.map(storeSet),
    outcomes: outcomes.list,
    groups,
  };
}

const MFA = /^aws:multifactorauth/i;

function pageOutcome({ verdict, condition, landsAs, via, uncertain, missing }: Outcome): PageOutcome {
  return {
    verdict,
    condition: condition?.text ?? null,
    mfa: condition?.anyOf.every(({ allOf }) => allOf.some(({ key }) => MFA.test(key))) ?? false,
    landsAs,
    via,
    uncertain,
    missing: missing ?? null,
  };
}
