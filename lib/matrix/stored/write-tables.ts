import { emptyBits, setBit } from '../../evaluator/bits.ts';
import { foldInstances } from '../fold-instances.ts';
import type { Grant, Opens } from '../paths/cell.ts';
import type { Matrix, MatrixInstance, Outcome } from '../paths/matrix.ts';
import { storeSet } from './number-set.ts';
import { OUTCOME_FIELDS, type OutcomeField } from './outcome-fields.ts';
import { Pool } from './pool.ts';

/** A table of the file: its name and its rows as JSON, in order. */
export interface Table {
  readonly name: string;
  readonly rows: readonly string[];
}

/** The contents of a matrix, in tables that refer to each other's rows by number. */
export function tablesOf(matrix: Matrix): readonly Table[] {
  const folded = foldInstances(matrix);
  const places = new Pool();
  const instances = matrix.instances.map((instance, i) =>
    JSON.stringify(instanceRow(instance, folded.classOf[i] as number, places)),
  );
  const values = new Pool();
  const outcomes = new Pool();
  const holders = new Pool();
  const groups = matrix.groups.map(({ path, principals, outcome }, i) =>
    JSON.stringify([
      matrix.paths.indexOf(path),
      holders.of(principals, () => storedPrincipals(principals, matrix.principals.length)),
      folded.setOf[i],
      outcomes.of(outcome, () => OUTCOME_FIELDS.map((field) => fieldOf(outcome, field, values))),
    ]),
  );
  return [
    { name: 'principals', rows: matrix.principals.map(({ arn, kind }) => JSON.stringify([arn, kind])) },
    { name: 'places', rows: places.texts() },
    { name: 'instances', rows: instances },
    { name: 'values', rows: values.texts() },
    { name: 'outcomes', rows: outcomes.texts() },
    { name: 'holders', rows: holders.texts() },
    { name: 'sets', rows: folded.sets.map((bits) => JSON.stringify(storeSet(bits))) },
    { name: 'groups', rows: groups },
  ];
}

/** `[id, name, place, class]`, with the ARN too if it does not end with the id. */
function instanceRow({ id, arn, region, name }: MatrixInstance, number: number, places: Pool): unknown[] {
  const regular = arn.endsWith(id);
  const place = places.of([region, regular ? arn.slice(0, arn.length - id.length) : '']);
  return [id, name, place, number, ...(regular ? [] : [arn])];
}

function storedPrincipals(principals: readonly number[], count: number): unknown {
  const bits = emptyBits(count);
  for (const principal of principals) setBit(bits, principal);
  return storeSet(bits);
}

/** The number of the member's value; -1 if the outcome has no such member. */
function fieldOf(outcome: Outcome, field: OutcomeField, values: Pool): number {
  const value = outcome[field];
  if (value === undefined) return -1;
  if (field === 'grants')
    return values.of(value, () => outcome.grants.map((grant) => values.of(grant, () => grantRow(grant))));
  if (field === 'opens')
    return values.of(value, () => outcome.opens?.map((one) => values.of(one, () => opensRow(one))));
  return values.of(value);
}

const grantRow = ({ policy, statement, sid, layer }: Grant): unknown[] => [policy, statement, sid, layer];

const opensRow = ({ principal, path, key, value }: Opens): unknown[] => [principal, path, key, value];
