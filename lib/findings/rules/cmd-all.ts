import type { CellGroup } from '../../matrix/paths/matrix.ts';
import type { Statement } from '../../policy/statement.ts';
import { accessHit } from '../access-hit.ts';
import { breadthOf } from '../breadth.ts';
import type { Facts } from '../facts.ts';
import { COMMAND_PAGE } from '../reference-pages.ts';
import type { Hit, Rule } from '../rule.ts';
import { coversAction, narrowsByTag, statementCovers } from '../statements.ts';
import { accessUnseen } from '../unseen.ts';
import { whereBroad } from './broad-path.ts';

const ACTION = 'ssm:SendCommand';

/** Run Command on every instance, with documents that nothing limits: `*`, `document/*`, or all of AWS's, `AWS-*`. */
export const cmdAll: Rule = {
  id: 'CMD-ALL',
  severity: 'critical',
  title: 'run any command document as root on every instance',
  fires:
    "SendCommand is open on every instance of the account or of a region, with documents of any name: `*`, `document/*`, or all of AWS's own",
  verify:
    '`latchkey explain --principal WHO --instance ID --path run-command` shows the statement that grants it, on an instance that should not be included',
  risk: 'the agent runs documents as root or SYSTEM: SendCommand with any document on all instances is administrator access to the fleet',
  remediation:
    'allow SendCommand only on the needed documents (your own, without a free command) and on the intended instances',
  references: [COMMAND_PAGE, 'https://pathfinding.cloud/paths/ssm-002'],
  paths: ['run-command'],
  find,
  unseen: accessUnseen,
};

function* find(facts: Facts): Generator<Hit> {
  for (const [principal, held] of facts.held('run-command')) {
    const breadth = breadthOf(facts, principal, held, { action: ACTION });
    if (!breadth || !anyDocument(facts, breadth.cells)) continue;
    yield accessHit(facts, {
      rule: cmdAll,
      principal,
      cells: breadth.cells,
      broad: true,
      says: `${ACTION} with any command document is open on ${whereBroad(facts, breadth)}`,
      concerns: breadth.isWide,
      example: commandExample(facts),
    });
  }
}

function anyDocument(facts: Facts, cells: readonly CellGroup[]): boolean {
  return cells.some(({ outcome }) =>
    outcome.grants.some((grant) => {
      const statement = facts.policies.statements(grant.policy)?.[grant.statement];
      return (
        grant.layer === 'identityPolicies' && statement !== undefined && takesAnyDocument(facts, statement)
      );
    }),
  );
}

function takesAnyDocument(facts: Facts, statement: Statement): boolean {
  if (statement.effect !== 'Allow' || !coversAction(statement, ACTION) || narrowsByTag(statement))
    return false;
  const { partition } = facts.snapshot;
  return facts.regions.some((region) =>
    statementCovers(statement, `arn:${partition}:ssm:${region}::document/AWS-\u0000`),
  );
}

export const allowsCommands = (statement: Statement): boolean => coversAction(statement, ACTION);

export function commandExample(facts: Facts): object {
  const { partition, accountId } = facts.snapshot;
  return {
    Effect: 'Allow',
    Action: ACTION,
    Resource: [
      `arn:${partition}:ec2:*:${accountId}:instance/<instance-id>`,
      `arn:${partition}:ssm:*:${accountId}:document/<own-document>`,
    ],
  };
}
