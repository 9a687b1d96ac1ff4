import { policiesOf, type Subject } from '../../matrix/account/account.ts';
import { asksForKey } from '../../matrix/account/asks-for-key.ts';
import { firstInstance, instanceCount } from '../../matrix/answers/find-groups.ts';
import type { PathId } from '../../matrix/paths/cell.ts';
import type { CellGroup } from '../../matrix/paths/matrix.ts';
import { isOpenFor, subjectIn } from '../asking.ts';
import { capped, describePrincipal } from '../evidence.ts';
import type { Facts } from '../facts.ts';
import type { PlaceHit, Rule } from '../rule.ts';
import { accountPlace } from './account-place.ts';

/** The keys that AWS adds to requests of an agent through its MCP server, in the name of its user. */
const AS_AGENT = { 'aws:ViaAWSMCPService': 'true', 'aws:CalledViaAWSMCP': 'aws-mcp.amazonaws.com' };

/** The paths that need one request on the instance itself: what an agent could do with it by mistake. */
const REQUESTS: readonly (readonly [PathId, ...string[]])[] = [
  ['run-command', 'ssm:SendCommand'],
  ['session-manager', 'ssm:StartSession'],
  ['ec2-instance-connect', 'ec2-instance-connect:SendSSHPublicKey'],
  ['tag-rewrite', 'ec2:CreateTags', 'ec2:DeleteTags'],
  ['power', 'ec2:TerminateInstances', 'ec2:StopInstances', 'ec2:RebootInstances'],
];

/** An agent acts with all rights of its user. One finding per account: the remedy is one guardrail. */
export const agentUnbound: Rule = {
  id: 'AGENT-UNBOUND',
  severity: 'low',
  title: 'agents may do everything to instances that their users may',
  fires:
    "a principal may run commands on instances, get a shell, change their tags or terminate them, and no policy denies this to an agent that it uses through AWS's MCP server (`aws:ViaAWSMCPService`)",
  risk: 'an agent has the permissions of its user and acts on what it reads: a page or a ticket may make it stop or open instances that nobody asked for',
  verify:
    '`latchkey simulate` decides a request with `aws:ViaAWSMCPService` = true in its context; old statements about `aws-mcp:` actions have no effect any more',
  remediation:
    'deny actions that open, tag or stop instances if `aws:ViaAWSMCPService` is true, in a service control policy',
  references: [
    'https://docs.aws.amazon.com/agent-toolkit/latest/userguide/security_iam_id-based-policy-examples.html',
  ],
  paths: REQUESTS.map(([path]) => path),
  find,
  unseen: ({ snapshot }) =>
    snapshot.users.length + snapshot.roles.length === 0 ? 'IAM was not collected' : null,
};

function* find(facts: Facts): Generator<PlaceHit> {
  const unbound = new Map<number, string>();
  for (const [path, ...actions] of REQUESTS) {
    for (const principal of facts.held(path).keys()) {
      if (unbound.has(principal) || facts.kindOf(principal) !== 'person') continue;
      const action = actions.find((one) => mayAsAgent(facts, principal, path, one));
      if (action !== undefined) unbound.set(principal, action);
    }
  }
  if (unbound.size === 0) return;
  const people = [...unbound].map(
    ([principal, action]) =>
      `${action} by an agent of ${describePrincipal(facts.matrix.principals[principal]?.arn ?? '')} is not denied`,
  );
  yield {
    ...accountPlace(facts, agentUnbound, 'setting'),
    title: agentUnbound.title,
    regions: facts.regions,
    evidence: [
      `${unbound.size} ${unbound.size === 1 ? 'person' : 'people'} may let an agent do what they may do to instances`,
      ...capped(people.sort(), 'people', 3),
    ],
    opens: ['aws:ViaAWSMCPService'],
  };
}

/** The number of instances that are checked individually if a policy depends on the acting agent. */
const MOST_ASKED = 500;

/** True if an agent may make the request of one of the principal's cells. */
function mayAsAgent(facts: Facts, principal: number, path: PathId, action: string): boolean {
  const groups = (facts.held(path).get(principal) ?? []).filter((one) => instanceCount(one) > 0);
  const arn = facts.matrix.principals[principal]?.arn ?? '';
  const isOpen = (at: number | undefined): boolean => {
    const instance = facts.matrix.instances[at ?? -1];
    if (instance === undefined) return false;
    return isOpenFor(facts.snapshot, arn, {
      ...{ action, resource: instance.arn, region: instance.region, context: AS_AGENT },
      tags: facts.instances.get(instance.id)?.tags ?? null,
    });
  };
  if (groups.some((group) => isOpen(firstInstance(group)))) return true;
  if (!asksForAgents(subjectIn(facts.snapshot, arn))) return false;
  // a Deny for agents may cover only some of the otherwise equal instances
  return tellingApart(groups, facts).some(isOpen);
}

const AGENT_KEYS: ReadonlySet<string> = new Set(Object.keys(AS_AGENT).map((key) => key.toLowerCase()));

/** True if a policy of the principal has a condition on agents. */
function asksForAgents(subject: Subject | undefined): boolean {
  return (
    subject !== undefined &&
    policiesOf(subject).some(({ statements }) =>
      statements.some((statement) => asksForKey(statement, (key) => AGENT_KEYS.has(key))),
    )
  );
}

/** The first of those with the same tags. */
function tellingApart(groups: readonly CellGroup[], { matrix, instances }: Facts): readonly number[] {
  const found = new Map<string, number>();
  for (const group of groups)
    for (const at of group.instances) {
      if (found.size === MOST_ASKED) return [...found.values()];
      const { id = '', region } = matrix.instances[at] ?? {};
      const name = JSON.stringify([region, instances.get(id)?.tags ?? id]);
      if (!found.has(name)) found.set(name, at);
    }
  return [...found.values()];
}
