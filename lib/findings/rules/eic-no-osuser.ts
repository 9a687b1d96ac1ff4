import type { CellGroup } from '../../matrix/paths/matrix.ts';
import { plain } from '../../policy/quoted.ts';
import type { Facts } from '../facts.ts';
import type { Check, Hit } from '../hit.ts';
import { principalHit, principalUnseen } from '../principal-hit.ts';
import { coversAction, likes } from '../statements.ts';

const PATH = 'ec2-instance-connect';
const ACTION = 'ec2-instance-connect:SendSSHPublicKey';

/** Nothing limits `ec2:osuser`, or what limits it lets root through. The image's own users are what AWS recommends. */
export const eicNoOsUser: Check = {
  rule: 'EIC-NO-OSUSER',
  find,
  unseen: (facts, finding) => principalUnseen(facts, finding, PATH),
};

function* find(facts: Facts): Generator<Hit> {
  for (const [principal, held] of facts.held(PATH)) {
    const cells = held.filter(landsAsRoot);
    if (cells.length === 0) continue;
    const users = [...new Set(cells.flatMap((group) => group.outcome.landsAs))].sort();
    yield principalHit(facts, {
      rule: 'EIC-NO-OSUSER',
      principal,
      path: PATH,
      cells,
      says: `the OS user is the caller's choice: ${users.map((user) => (user === '*' ? 'any' : plain(user))).join(', ')}`,
      concerns: ({ grant }) => {
        const statement = facts.policies.statements(grant.policy)?.[grant.statement];
        return statement !== undefined && coversAction(statement, ACTION);
      },
      example: { Condition: { StringEquals: { 'ec2:osuser': ['ec2-user', 'ubuntu'] } } },
    });
  }
}

/** `landsAs` holds users or patterns of users. */
function landsAsRoot(group: CellGroup): boolean {
  return group.outcome.landsAs.some((user) => likes(user, 'root'));
}
