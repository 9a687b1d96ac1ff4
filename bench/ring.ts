import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { buildMatrix } from '../lib/matrix/build.ts';
import type { PolicyRecord, Role, Snapshot } from '../lib/snapshot/snapshot.ts';
import { sortBy } from '../lib/snapshot/sort-by.ts';
import { allow, policyDocument, type StatementJson } from './account/document.ts';
import { type Bench, countOption } from './bench.ts';
import { generateAccount } from './generate-account.ts';

const PATH = 'session-manager';

/** A ring of roles: each may assume the next, and the last one the first. An account cannot have longer chains. */
export const ringBench: Bench = {
  name: 'ring',
  summary: 'the time to build a matrix with the longest possible chains of roles',
  options: [{ flags: '--roles <count>', description: 'roles in the ring', fallback: '1000' }],
  async run(options) {
    const count = countOption(options, 'roles');
    const snapshot = ringOf(count);
    const cpu = process.cpuUsage();
    const start = performance.now();
    const matrix = buildMatrix(snapshot);
    const seconds = Math.round(performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const steps = new Map(
      matrix.groups
        .filter(({ path }) => path === PATH)
        .flatMap(({ principals, outcome }) => principals.map((p) => [p, outcome.via.length] as const)),
    );
    // the first role holds it, the last one is a step away, the second has the whole ring before it
    const wrong = snapshot.roles.filter((_, i) => steps.get(i) !== (count - i) % count);
    return {
      ...{ roles: count, seconds, cpuSeconds: Math.round((user + system) / 1000) / 1000 },
      ...{ peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024), mismatches: wrong.length },
    };
  },
};

function ringOf(count: number): Snapshot {
  const base = generateAccount({ principals: 2, instances: 1, seed: 1 });
  const name = (i: number): string => `ring-${String(i % count).padStart(6, '0')}`;
  const arn = (i: number): string => `arn:aws:iam::${base.accountId}:role/${name(i)}`;
  const policies: PolicyRecord[] = [];
  const policy = (
    id: string,
    kind: PolicyRecord['kind'],
    ...statements: readonly StatementJson[]
  ): string => {
    policies.push({ id, name: id, kind, document: policyDocument(...statements), problems: [] });
    return id;
  };
  const roles = Array.from({ length: count }, (_, i): Role => {
    const { action, before } = { action: 'sts:AssumeRole', before: { AWS: arn(i + count - 1) } };
    const own = [allow(action, arn(i + 1)), ...(i === 0 ? [allow('ssm:StartSession', '*')] : [])];
    return {
      ...{ arn: arn(i), id: `AROA${name(i).toUpperCase()}`, name: name(i), path: '/', tags: [] },
      trust: policy(`${arn(i)}#trust`, 'trust', { Effect: 'Allow', Principal: before, Action: action }),
      policies: [policy(`${arn(i)}#own`, 'inline', ...own)],
      boundary: null,
      maxSessionDuration: 3600,
      lastUsed: null,
    };
  });
  return {
    ...base,
    ...{ users: [], groups: [], instanceProfiles: [], organization: null, roles },
    policies: sortBy(policies, ({ id }) => id),
  };
}
