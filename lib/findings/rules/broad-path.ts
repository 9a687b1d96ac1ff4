import type { PathId } from '../../matrix/paths/cell.ts';
import { accessHit } from '../access-hit.ts';
import { type Breadth, breadthOf } from '../breadth.ts';
import type { Facts } from '../facts.ts';
import { OSUSER_PAGE, SESSION_PAGE } from '../reference-pages.ts';
import type { Hit, Rule } from '../rule.ts';
import { accessUnseen } from '../unseen.ts';

/** Rules of the form: this path, on every instance of the account or of a region. One row each. */
interface BroadPath {
  readonly words: Omit<Rule, 'find' | 'unseen' | 'paths'>;
  readonly path: PathId;
  /** the request on the instance */
  readonly action: string;
  /** the condition that excludes instances, in the example of the remedy */
  readonly example: (accountId: string, partition: string) => object;
}

const byTag =
  (action: string, key: string, more: object = {}) =>
  (accountId: string, partition: string) => ({
    Effect: 'Allow',
    Action: action,
    Resource: `arn:${partition}:ec2:*:${accountId}:instance/*`,
    Condition: { StringEquals: { [key]: '<value>', ...more } },
  });

const BROAD_PATHS: readonly BroadPath[] = [
  {
    words: {
      id: 'EIC-ALL',
      severity: 'high',
      title: 'push an SSH key to every instance',
      fires: 'SendSSHPublicKey is open on every instance of the account or of a region',
      verify:
        '`latchkey explain --principal WHO --instance ID --path ec2-instance-connect` shows the statement that grants it',
      risk: 'SendSSHPublicKey on all instances gives a shell on each instance that is reachable on port 22, including future ones',
      remediation: 'list the instances in Resource, or limit them by a tag that the principal cannot change',
      references: [OSUSER_PAGE, 'https://pathfinding.cloud/paths/ec2instanceconnect-003'],
    },
    path: 'ec2-instance-connect',
    action: 'ec2-instance-connect:SendSSHPublicKey',
    example: byTag('ec2-instance-connect:SendSSHPublicKey', 'aws:ResourceTag/<key>', {
      'ec2:osuser': 'ec2-user',
    }),
  },
  {
    words: {
      id: 'SSM-START-ALL',
      severity: 'high',
      title: 'start a session on every instance',
      fires: 'StartSession is open on every instance of the account or of a region',
      verify:
        '`latchkey explain --principal WHO --instance ID --path session-manager` shows the statement that grants it',
      risk: 'StartSession on all instances gives a shell on every managed instance, without an open port; ssm-user has sudo',
      remediation: 'list the instances in Resource, or limit them by a tag that the principal cannot change',
      references: [SESSION_PAGE, 'https://pathfinding.cloud/paths/ssm-001'],
    },
    path: 'session-manager',
    action: 'ssm:StartSession',
    example: byTag('ssm:StartSession', 'ssm:resourceTag/<key>'),
  },
  {
    words: {
      id: 'SER-KEY-PUSH',
      severity: 'high',
      title: 'push a key to the serial console of every instance',
      fires: 'SendSerialConsoleSSHPublicKey is open on every instance of the account or of a region',
      verify:
        '`latchkey explain --principal WHO --instance ID --path serial-console` shows the statement; `aws ec2 get-serial-console-access-status` shows whether the console is enabled in the region',
      risk: 'the console bypasses security groups and network ACLs, and can take over an instance while it boots; no condition key limits the OS user',
      remediation:
        'list the instances in Resource, or limit them by a tag; disable the serial console in regions that do not need it',
      references: [
        'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configure-access-to-serial-console.html',
      ],
    },
    path: 'serial-console',
    action: 'ec2-instance-connect:SendSerialConsoleSSHPublicKey',
    example: byTag('ec2-instance-connect:SendSerialConsoleSSHPublicKey', 'aws:ResourceTag/<key>'),
  },
];

export const broadPathRules: readonly Rule[] = BROAD_PATHS.map((row) => {
  const rule: Rule = {
    ...row.words,
    paths: [row.path],
    find: (facts) => findBroad(facts, rule, row),
    unseen: accessUnseen,
  };
  return rule;
});

function* findBroad(facts: Facts, rule: Rule, row: BroadPath): Generator<Hit> {
  const { accountId, partition } = facts.snapshot;
  for (const [principal, cells] of facts.held(row.path)) {
    const breadth = breadthOf(facts, principal, cells, { action: row.action });
    if (!breadth) continue;
    yield accessHit(facts, {
      rule,
      principal,
      cells: breadth.cells,
      broad: true,
      says: `${row.action} is open on ${whereBroad(facts, breadth)}`,
      concerns: breadth.isWide,
      example: row.example(accountId, partition),
    });
  }
}

/** `every instance of the account`, or of the regions that are covered in full. */
export function whereBroad(facts: Facts, breadth: Breadth): string {
  if (!breadth.wholeAccount) return `every instance in ${breadth.regions.join(', ')}`;
  return `every collected instance of the account (${facts.regions.join(', ')})`;
}
