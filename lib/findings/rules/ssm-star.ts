import type { PathId } from '../../matrix/paths/cell.ts';
import type { CellGroup } from '../../matrix/paths/matrix.ts';
import type { Statement } from '../../policy/statement.ts';
import { accessHit } from '../access-hit.ts';
import { breadthOf } from '../breadth.ts';
import type { Facts } from '../facts.ts';
import { COMMAND_PAGE, SESSION_PAGE } from '../reference-pages.ts';
import type { Hit, Rule } from '../rule.ts';
import { coversService, statementCovers } from '../statements.ts';
import { accessUnseen } from '../unseen.ts';
import { whereBroad } from './broad-path.ts';

/** The paths of Systems Manager that show that such a statement works, and their request on the instance. */
const PATHS: readonly (readonly [PathId, string])[] = [
  ['session-manager', 'ssm:StartSession'],
  ['run-command', 'ssm:SendCommand'],
];

/**
 * A statement with all of `ssm:` on every instance and document, as `ssm:*`, `*`, or NotAction without
 * Systems Manager, that opens sessions or commands on every instance of the account or of a region.
 */
export const ssmStar: Rule = {
  id: 'SSM-STAR',
  severity: 'high',
  title: 'use all of Systems Manager on every instance',
  fires:
    'a statement with all of `ssm:` (`ssm:*`, `*`, or a NotAction that excludes nothing of Systems Manager) opens sessions or commands on every instance of the account or of a region, and covers documents of any name',
  verify: '`latchkey who-can --principal WHO --path root --count` shows how far it goes',
  risk: 'every way in through Systems Manager (sessions, commands as root, associations, documents and preferences), including future ones',
  remediation: 'allow only the needed actions, on the intended instances',
  references: [
    SESSION_PAGE,
    COMMAND_PAGE,
    'https://pathfinding.cloud/paths/ssm-001',
    'https://pathfinding.cloud/paths/ssm-002',
  ],
  paths: PATHS.map(([path]) => path),
  find,
  unseen: accessUnseen,
};

function* find(facts: Facts): Generator<Hit> {
  const principals = new Set(PATHS.flatMap(([path]) => [...facts.held(path).keys()]));
  for (const principal of [...principals].sort((a, b) => a - b)) {
    const broad = PATHS.flatMap(([path, action]) => {
      const cells = facts.held(path).get(principal) ?? [];
      const breadth = breadthOf(facts, principal, cells, { action, fits: (s) => isStar(facts, s) });
      return breadth ? [{ path, breadth }] : [];
    });
    const widest = broad.toSorted((a, b) => b.breadth.regions.length - a.breadth.regions.length)[0];
    if (!widest) continue;
    yield accessHit(facts, {
      rule: ssmStar,
      principal,
      cells: broad.flatMap(({ breadth }): readonly CellGroup[] => breadth.cells),
      broad: true,
      says: `every action of Systems Manager is open on ${whereBroad(facts, widest.breadth)}: ${broad.map(({ path }) => path).join(', ')}`,
      concerns: (statement) => isStar(facts, statement),
      example: {
        Effect: 'Allow',
        Action: 'ssm:StartSession',
        Resource: `arn:${facts.snapshot.partition}:ec2:*:${facts.snapshot.accountId}:instance/*`,
        Condition: { StringEquals: { 'ssm:resourceTag/<key>': '<value>' } },
      },
    });
  }
}

function isStar(facts: Facts, statement: Statement): boolean {
  const { partition, accountId } = facts.snapshot;
  return (
    statement.effect === 'Allow' &&
    coversService(statement, 'ssm') &&
    facts.regions.some((region) =>
      statementCovers(statement, `arn:${partition}:ssm:${region}:${accountId}:document/\u0000`),
    )
  );
}
