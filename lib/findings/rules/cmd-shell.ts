import type { Facts } from '../facts.ts';
import type { Check, Hit } from '../hit.ts';
import { principalHit, principalUnseen } from '../principal-hit.ts';
import { commandExample, grantsCommands } from './cmd-all.ts';

/** Run Command with a document that runs the caller's own commands, on whatever instances: every cell of the path. */
export const cmdShell: Check = {
  rule: 'CMD-SHELL',
  find,
  unseen: (facts, finding) => principalUnseen(facts, finding, 'run-command'),
};

function* find(facts: Facts): Generator<Hit> {
  for (const [principal, cells] of facts.held('run-command')) {
    const documents = [...new Set(cells.map((group) => group.outcome.alternative))].sort();
    yield principalHit(facts, {
      rule: 'CMD-SHELL',
      principal,
      path: 'run-command',
      cells,
      says: `ssm:SendCommand is open with a document that runs the caller's own commands as root or SYSTEM (${documents.join(', ')})`,
      concerns: (place) => grantsCommands(facts, place),
      example: commandExample(facts),
    });
  }
}
