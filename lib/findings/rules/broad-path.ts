import type { PathId } from '../../matrix/paths/cell.ts';
import { type Breadth, breadthOf } from '../breadth.ts';
import type { Facts } from '../facts.ts';
import type { Check, Hit } from '../hit.ts';
import { principalHit, principalUnseen } from '../principal-hit.ts';
import type { RuleId } from '../rules.ts';
import { coversAction } from '../statements.ts';

/** Rules that say only: this path, on every instance of the account or of a region. One row each. */
interface BroadPath {
  readonly rule: RuleId;
  readonly path: PathId;
  /** the request that is made on the instance */
  readonly action: string;
  /** the condition that keeps instances out, in the example of the remedy */
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
    rule: 'EIC-ALL',
    path: 'ec2-instance-connect',
    action: 'ec2-instance-connect:SendSSHPublicKey',
    example: byTag('ec2-instance-connect:SendSSHPublicKey', 'aws:ResourceTag/<key>', {
      'ec2:osuser': 'ec2-user',
    }),
  },
  {
    rule: 'SSM-START-ALL',
    path: 'session-manager',
    action: 'ssm:StartSession',
    example: byTag('ssm:StartSession', 'ssm:resourceTag/<key>'),
  },
];

export const broadPathChecks: readonly Check[] = BROAD_PATHS.map((row) => ({
  rule: row.rule,
  find: (facts) => findBroad(facts, row),
  unseen: (facts, finding) => principalUnseen(facts, finding, row.path),
}));

function* findBroad(facts: Facts, row: BroadPath): Generator<Hit> {
  const { accountId, partition } = facts.snapshot;
  for (const [principal, cells] of facts.held(row.path)) {
    const breadth = breadthOf(facts, principal, cells, row.action);
    if (!breadth) continue;
    yield principalHit(facts, {
      rule: row.rule,
      principal,
      path: row.path,
      cells: breadth.cells,
      where: regionsOf(breadth),
      says: `${row.action} is open on ${whereBroad(facts, breadth)}`,
      concerns: ({ grant }) => {
        const statement = facts.policies.statements(grant.policy)?.[grant.statement];
        return statement !== undefined && coversAction(statement, row.action);
      },
      example: row.example(accountId, partition),
    });
  }
}

/** `every instance of the account`, or of the regions that are covered in full. */
export function whereBroad(facts: Facts, breadth: Breadth): string {
  if (!breadth.wholeAccount) return `every instance in ${breadth.regions.join(', ')}`;
  return `every collected instance of the account (${facts.regions.join(', ')})`;
}

/** For a title that says `every instance`: in which regions, unless it is the whole account. */
export function regionsOf(breadth: Breadth): string {
  return breadth.wholeAccount ? '' : ` in ${breadth.regions.join(', ')}`;
}
