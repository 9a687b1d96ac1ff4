import { accessHit } from '../access-hit.ts';
import type { Facts } from '../facts.ts';
import { COMMAND_PAGE } from '../reference-pages.ts';
import type { Hit, Rule } from '../rule.ts';
import { accessUnseen } from '../unseen.ts';
import { allowsCommands, commandExample } from './cmd-all.ts';

/**
 * Run Command with a document that runs the caller's own commands, on any instances: every cell of the path.
 */
export const cmdShell: Rule = {
  id: 'CMD-SHELL',
  severity: 'high',
  title: 'run their own commands as root',
  fires:
    "SendCommand is open, on any instance, with a document that runs the caller's own commands (such as AWS-RunShellScript)",
  verify:
    '`latchkey who-can --path run-command --principal WHO` lists the instances; `aws ssm send-command --document-name AWS-RunShellScript` on one of them, with `id` as the command, answers `root`',
  risk: "documents such as AWS-RunShellScript run the caller's commands as root or SYSTEM",
  remediation:
    'allow SendCommand only on documents of your own that do one task, without a free command, and on the intended instances',
  references: [COMMAND_PAGE, 'https://pathfinding.cloud/paths/ssm-002'],
  paths: ['run-command'],
  find,
  unseen: accessUnseen,
};

function* find(facts: Facts): Generator<Hit> {
  for (const [principal, cells] of facts.held('run-command')) {
    // if any document is allowed, the alternative has the name of the action
    const documents = [...new Set(cells.map((group) => group.outcome.alternative))]
      .filter((name) => !name.startsWith('ssm:'))
      .sort();
    yield accessHit(facts, {
      rule: cmdShell,
      principal,
      cells,
      says: `ssm:SendCommand is open with a document that runs the caller's own commands as root or SYSTEM${documents.length > 0 ? ` (${documents.join(', ')})` : ''}`,
      concerns: allowsCommands,
      example: commandExample(facts),
    });
  }
}
