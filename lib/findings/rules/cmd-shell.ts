import type { Facts } from '../facts.ts';
import { principalHit, principalUnseen } from '../principal-hit.ts';
import { COMMAND_PAGE } from '../reference-pages.ts';
import type { Hit, Rule } from '../rule.ts';
import { commandExample, grantsCommands } from './cmd-all.ts';

/** Run Command with a document that runs the caller's own commands, on whatever instances: every cell of the path. */
export const cmdShell: Rule = {
  id: 'CMD-SHELL',
  severity: 'high',
  title: 'may run own commands as root',
  risk: 'documents such as AWS-RunShellScript run what the caller types, as root or SYSTEM',
  remediation:
    'allow SendCommand on own documents that do one task, without a free command, and on the instances that are meant',
  references: [COMMAND_PAGE, 'https://pathfinding.cloud/paths/ssm-002'],
  within: ['CMD-ALL', 'SSM-STAR'],
  find,
  unseen: (facts, finding) => principalUnseen(facts, finding, 'run-command'),
};

function* find(facts: Facts): Generator<Hit> {
  for (const [principal, cells] of facts.held('run-command')) {
    const documents = [...new Set(cells.map((group) => group.outcome.alternative))].sort();
    yield principalHit(facts, {
      rule: cmdShell,
      principal,
      path: 'run-command',
      cells,
      says: `ssm:SendCommand is open with a document that runs the caller's own commands as root or SYSTEM (${documents.join(', ')})`,
      concerns: (place) => grantsCommands(facts, place),
      example: commandExample(facts),
    });
  }
}
