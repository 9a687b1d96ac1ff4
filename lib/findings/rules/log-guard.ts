import type { Grant } from '../../matrix/paths/cell.ts';
import { decisionOn } from '../asking.ts';
import type { Facts } from '../facts.ts';
import type { Hit, Rule } from '../rule.ts';
import { shellCells } from '../shell-cells.ts';
import { accessUnseen } from '../unseen.ts';

const ACTIONS = ['cloudtrail:StopLogging', 'cloudtrail:DeleteTrail', 'cloudtrail:PutEventSelectors'];

/** Principals that get onto instances and may switch off the logs of that. */
export const logGuard: Rule = {
  id: 'LOG-GUARD',
  severity: 'high',
  title: 'switch off the logs in addition to getting a shell',
  fires: `a principal with a shell on an instance may also stop the account's trails (${ACTIONS.join(', ')})`,
  risk: "actions on the instances, and changes of access, are no longer logged; Latchkey's checks of events stop as well",
  verify:
    '`aws cloudtrail stop-logging --name TRAIL` works for this principal; `aws iam simulate-principal-policy` shows it without a call',
  remediation:
    'deny these actions in a service control policy to everybody except the administrators of the trails',
  references: [
    'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/security_iam_id-based-policy-examples.html',
  ],
  paths: [],
  find,
  unseen: accessUnseen,
};

function* find(facts: Facts): Generator<Hit> {
  for (const [principal, cells] of shellCells(facts)) {
    if (facts.matrix.principals[principal]?.kind === 'outside') continue;
    const found = firstOpen(facts, facts.matrix.principals[principal]?.arn ?? '');
    if (!found) continue;
    yield {
      ...{ kind: 'access', rule: logGuard, principal, cells, grants: found.grants, adds: true },
      says: `${found.action} is open on the trails of the account`,
      example: { Effect: 'Deny', Action: ACTIONS, Resource: '*' },
    };
  }
}

/** The first of the actions that is open on a trail of any name, and its grants. */
function firstOpen(facts: Facts, arn: string) {
  const { partition, accountId } = facts.snapshot;
  const region = facts.regions[0] ?? 'us-east-1';
  const resource = `arn:${partition}:cloudtrail:${region}:${accountId}:trail/${'z'.repeat(17)}`;
  for (const action of ACTIONS) {
    const decision = decisionOn(facts.snapshot, arn, { action, resource, region });
    if (decision?.decision !== 'allowed' && decision?.decision !== 'conditional') continue;
    const grants = decision.statements
      .filter(({ effect, layer }) => effect === 'Allow' && layer === 'identityPolicies')
      .map(({ policy, statement, layer }): Grant => {
        const sid = facts.policies.statements(policy)?.[statement]?.sid ?? null;
        return { policy, statement, sid, layer };
      });
    return { action, grants };
  }
  return null;
}
