import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderSource } from '../../lib/adapters/local/folder-source.ts';
import { collectAccount } from '../../lib/collect/collect.ts';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell, PathId } from '../../lib/matrix/paths/cell.ts';

const acme = await collectAccount(
  folderSource(join(import.meta.dirname, '../../examples/acme')),
  new Date(0),
  {
    step: () => {},
  },
);
const names = new Map(
  acme.regions.flatMap((region) =>
    (region.instances ?? []).map(
      (one) => [one.id, one.tags.find((tag) => tag.key === 'Name')?.value ?? ''] as const,
    ),
  ),
);
const cells = [...cellsOf(buildMatrix(acme), acme)];

/** The paths of docs/example.md's table. */
const PATHS: readonly PathId[] = [
  ...(['ec2-instance-connect', 'session-manager', 'session-manager-ssh', 'run-command'] as const),
  ...(['user-data', 'power', 'tag-rewrite'] as const),
];
const ALL = [...names.values()].sort().join(' ');
/** EC2 Instance Connect does not apply to Windows */
const LINUX = ALL.replace(' ledger-win', '');
/** Sessions of us-east-2 are encrypted under a key that `ssm:*` does not grant. */
const SSM = { 'session-manager': 'reporting s3-sync web-eu', 'session-manager-ssh': ALL, 'run-command': ALL };

/** Name of the principal -> path -> names of the instances, as in docs/example.md. */
const EXPECTED: Record<string, Partial<Record<PathId, string>>> = {
  alice: { 'ec2-instance-connect': 'web-1 web-2' },
  bob: { 'ec2-instance-connect': 'web-1 web-2' },
  carol: { power: ALL },
  erin: { 'session-manager': 'payments-app' },
  frank: { 'session-manager': 'payments-app' },
  grace: { 'session-manager': 'payments-app' },
  heidi: { 'session-manager': 'web-1 web-2' },
  ivan: { 'session-manager': 'batch payments-app web-eu' },
  judy: { 'session-manager': 'batch payments-app web-eu' },
  RunCommandUser: SSM,
  AWSReservedSSO_FleetOperators_9c3ab2e41d6f7085: SSM,
  AWSReservedSSO_AdministratorAccess_5f1c0d9be7a84423: {
    ...Object.fromEntries(PATHS.map((path) => [path, ALL])),
    'ec2-instance-connect': LINUX,
  },
  CostTagger: { 'tag-rewrite': ALL },
  PartnerPatching: { 'session-manager': 'web-1 web-2' },
  '444455556666:root': { 'session-manager': 'web-1 web-2' },
};

const nameOf = (arn: string): string =>
  arn.endsWith(':root') ? arn.split(':').slice(4).join(':') : (arn.split('/').at(-1) ?? arn);
const of = (principal: string, path: PathId): Cell[] =>
  cells.filter((cell) => nameOf(cell.principal) === principal && cell.path === path);

function answered(): Record<string, Partial<Record<PathId, string>>> {
  const found: Record<string, Partial<Record<PathId, string>>> = {};
  for (const principal of new Set(cells.map((cell) => nameOf(cell.principal)))) {
    const paths = PATHS.map((path) => [path, of(principal, path)] as const).filter(
      ([, held]) => held.length > 0,
    );
    const text = (held: readonly Cell[]) =>
      held
        .map((cell) => names.get(cell.instance))
        .sort()
        .join(' ');
    if (paths.length > 0)
      found[principal] = Object.fromEntries(paths.map(([path, held]) => [path, text(held)]));
  }
  return found;
}

describe('the answers for the example account', () => {
  it('are those in docs/example.md, and no others', () => {
    expect(answered()).toEqual(EXPECTED);
  });

  it('are allowed except where the OS user or the external id remains', () => {
    const conditional = cells.filter((cell) => cell.verdict !== 'allowed');
    expect(new Set(conditional.map((cell) => nameOf(cell.principal)))).toEqual(
      new Set(['alice', '444455556666:root']),
    );
    for (const cell of of('alice', 'ec2-instance-connect')) {
      const term = { key: 'ec2:osuser', operator: 'StringEquals', values: ['ec2-user'] };
      expect(cell).toMatchObject({
        verdict: 'conditional',
        condition: { anyOf: [{ allOf: [term] }] },
        landsAs: ['ec2-user'],
      });
    }
  });

  it('let bob choose the OS user', () => {
    for (const cell of of('bob', 'ec2-instance-connect')) expect(cell.landsAs).toEqual(['*']);
  });

  it('open a session by the document only if the policy requires that', () => {
    const document = (principal: string) =>
      of(principal, 'session-manager').map((cell) =>
        cell.requests.some((request) => request.resource.includes(':document/')),
      );
    expect(document('erin')).toEqual([true]);
    expect(document('grace')).toEqual([true]);
    expect(document('frank')).toEqual([false]);
  });

  it('let the partner in through its role, with the external id', () => {
    for (const cell of of('444455556666:root', 'session-manager')) {
      expect(cell.via).toEqual(['arn:aws:iam::111122223333:role/PartnerPatching']);
      expect(cell.condition?.anyOf).toEqual([
        { allOf: [{ key: 'sts:ExternalId', operator: 'StringEquals', values: ['acme-7731'] }] },
      ]);
    }
  });
});
