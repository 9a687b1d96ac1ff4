import type { CellGroup } from '../../matrix/paths/matrix.ts';
import { plain } from '../../policy/quoted.ts';
import { accessHit } from '../access-hit.ts';
import type { Facts } from '../facts.ts';
import { OSUSER_PAGE } from '../reference-pages.ts';
import type { Hit, Rule } from '../rule.ts';
import { coversAction, likes } from '../statements.ts';
import { accessUnseen } from '../unseen.ts';

const PATH = 'ec2-instance-connect';
const ACTION = 'ec2-instance-connect:SendSSHPublicKey';

/** Nothing limits `ec2:osuser`, or the limit allows root. AWS recommends the image's own users. */
export const eicNoOsUser: Rule = {
  id: 'EIC-NO-OSUSER',
  severity: 'high',
  title: 'log in as any OS user, root included,',
  fires:
    "SendSSHPublicKey is open, on any instance, and `ec2:osuser` is not limited, or the limit allows `*` or root; the image's own users (`ec2-user`, `ubuntu`), which AWS recommends, are no finding",
  verify: '`latchkey explain --principal WHO --instance ID --path ec2-instance-connect` shows the OS user',
  risk: 'without a limit on ec2:osuser the caller can log in as root or any other user of the instance',
  remediation: "limit ec2:osuser to the image's own user (ec2-user, ubuntu)",
  references: [
    OSUSER_PAGE,
    'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2instanceconnect.html',
  ],
  paths: [PATH],
  find,
  unseen: accessUnseen,
};

function* find(facts: Facts): Generator<Hit> {
  for (const [principal, held] of facts.held(PATH)) {
    const cells = held.filter(landsAsRoot);
    if (cells.length === 0) continue;
    const users = [...new Set(cells.flatMap((group) => group.outcome.landsAs))].sort();
    yield accessHit(facts, {
      rule: eicNoOsUser,
      principal,
      cells,
      says: `the OS user is the caller's choice: ${users.map((user) => (user === '*' ? 'any' : plain(user))).join(', ')}`,
      concerns: (statement) => coversAction(statement, ACTION),
      example: { Condition: { StringEquals: { 'ec2:osuser': ['ec2-user', 'ubuntu'] } } },
    });
  }
}

/** `landsAs` contains users or patterns of users. */
function landsAsRoot(group: CellGroup): boolean {
  return group.outcome.landsAs.some((user) => likes(user, 'root'));
}
