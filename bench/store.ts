import { performance } from 'node:perf_hooks';
import { buildMatrix } from '../lib/matrix/build.ts';
import { findGroups, instanceCount } from '../lib/matrix/find-groups.ts';
import type { Matrix } from '../lib/matrix/matrix.ts';
import { readMatrix, writeMatrix } from '../lib/matrix/store.ts';
import { type Bench, countOption } from './bench.ts';
import { generateAccount } from './generate-account.ts';
import { ACCOUNT_OPTIONS } from './matrix.ts';

/** The matrix of a generated account as `matrix.json`: how large, how quickly written, read and asked. */
export const storeBench: Bench = {
  name: 'store',
  summary: 'how large a stored matrix is, and how long it takes to read and to ask',
  options: ACCOUNT_OPTIONS,
  async run(options) {
    const principals = countOption(options, 'principals');
    const instances = countOption(options, 'instances');
    const seed = countOption(options, 'seed');
    const built = buildMatrix(generateAccount({ principals, instances, seed }));
    const [text, writeSeconds] = timed(() => writeMatrix(built));
    const [matrix, readSeconds] = timed(() => readMatrix(text));
    const instance = matrix.instances[Math.floor(instances / 2)]?.id ?? '';
    const principal = matrix.principals[Math.floor(principals / 2)]?.arn ?? '';
    return {
      ...{ principals, instances, seed },
      openCells: cellCount(matrix),
      groups: matrix.groups.length,
      megabytes: Math.ceil(new TextEncoder().encode(text).length / 1e5) / 10,
      ...{ writeSeconds, readSeconds },
      instanceSeconds: timed(() => [...findGroups(matrix, { instance })])[1],
      principalSeconds: timed(() => [...findGroups(matrix, { principal })])[1],
      same: writeMatrix(matrix) === text,
    };
  },
};

const cellCount = ({ groups }: Matrix): number =>
  groups.reduce((sum, group) => sum + group.principals.length * instanceCount(group), 0);

function timed<T>(work: () => T): readonly [T, number] {
  const start = performance.now();
  const result = work();
  return [result, Math.round(performance.now() - start) / 1000];
}
