import { expect, test } from 'vitest';
import { compileAccount } from '../../lib/matrix/account/account.ts';
import { reduced } from '../../lib/matrix/chains/assume-role.ts';
import { RoleEdges } from '../../lib/matrix/chains/role-edges.ts';
import { ACCOUNT_ID, account, allow, type RoleInput } from '../fixtures/account.ts';

const arn = (name: string): string => `arn:aws:iam::${ACCOUNT_ID}:role/${name}`;

/** `r5` trusts the whole account and names `r6`, `r6` may assume `r5` only, and so on. */
function ring(size: number): readonly RoleInput[] {
  const name = (i: number): string => `r${(i + size) % size}`;
  return Array.from({ length: size }, (_, i) => ({
    name: name(i),
    policies: [allow('sts:AssumeRole', arn(name(i - 1)))],
    trust: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: [ACCOUNT_ID, arn(name(i + 1))] }, Action: 'sts:AssumeRole' },
      ],
    },
  }));
}

test.each([5, 50])(
  'of %d roles with a condition on the principal, each is tried only for principals that it could admit',
  (size) => {
    const compiled = compileAccount(account({ roles: ring(size) }));
    let tried = 0;
    const edges = new RoleEdges(compiled, compiled.subjects, (...formula) => {
      tried += 1;
      return reduced(...formula);
    });
    const ends = compiled.subjects.map(({ arn }, i) => {
      const to = edges
        .of(compiled.subjects[i]!, String(i))
        .flatMap((list) => list.flatMap((edge) => [...edge.to]));
      return [arn, to.map((end) => compiled.subjects[end]?.arn)];
    });
    const before = Array.from({ length: size }, (_, i) => [arn(`r${i}`), [arn(`r${(i + size - 1) % size}`)]]);
    expect(ends.sort()).toEqual(before.sort());
    expect(tried).toBe(size);
  },
);
