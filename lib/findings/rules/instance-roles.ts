import { ESCALATIONS } from '../../matrix/paths/escalations.ts';
import { inPartition } from '../../matrix/paths/in-partition.ts';
import type { CellGroup } from '../../matrix/paths/matrix.ts';
import { quoted } from '../../policy/quoted.ts';
import type { Instance } from '../../snapshot/snapshot.ts';
import { accessHit } from '../access-hit.ts';
import { decisionOn } from '../asking.ts';
import { capped, named } from '../evidence.ts';
import type { Facts } from '../facts.ts';
import type { AccessHit, PlaceHit, Rule } from '../rule.ts';
import { SHELL_PATHS, shellCells } from '../shell-cells.ts';
import { accessUnseen, gapText } from '../unseen.ts';

/** A role of instances that opens a shell on others: a shell on one gives all. */
export const instroleSelf: Rule = {
  id: 'INSTROLE-SELF',
  severity: 'high',
  title: 'get from one instance onto others',
  fires: 'a role of instances has a shell, or commands as root, on instances without that role',
  risk: 'a shell on one of them, or an application on it that can be made to query the metadata service, leads to all others',
  verify:
    'on such an instance, `aws ssm send-command` with the credentials of the role reaches another instance',
  remediation:
    'remove the permission from the instance role; use a pipeline, or people with their own role, instead',
  references: [
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2.html',
    'https://attack.mitre.org/techniques/T1021/',
  ],
  paths: SHELL_PATHS,
  find: findSelf,
  unseen: accessUnseen,
};

function* findSelf(facts: Facts): Generator<AccessHit> {
  const carried = carriersByRole(facts);
  for (const [principal, cells] of shellCells(facts)) {
    const carriers = carried.get(facts.matrix.principals[principal]?.arn ?? '');
    if (!carriers || !goesFurther(facts, cells, carriers.length)) continue;
    yield accessHit(facts, {
      rule: instroleSelf,
      principal,
      cells,
      says: `${carriers.length} ${carriers.length === 1 ? 'instance has' : 'instances have'} the role: ${named(carriers.map(({ id }) => id))}`,
      concerns: () => true,
    });
  }
}

const goesFurther = (facts: Facts, cells: readonly CellGroup[], carriers: number): boolean =>
  facts.countAll(cells).all > carriers;

/** The instances that carry each role. */
function carriersByRole(facts: Facts): ReadonlyMap<string, readonly Instance[]> {
  const profiles = new Map(facts.snapshot.instanceProfiles.map(({ arn, roles }) => [arn, roles[0] ?? '']));
  return Map.groupBy(
    [...facts.instances.values()].filter(({ instanceProfile }) => instanceProfile !== null),
    ({ instanceProfile }) => profiles.get(instanceProfile ?? '') ?? '',
  );
}

const IAM = 'iam.get-account-authorization-details';

/** A role of instances that can make itself an administrator, or already is one. */
export const instroleAdmin: Rule = {
  id: 'INSTROLE-ADMIN',
  severity: 'high',
  title: 'is used by instances and can give itself any permission',
  fires:
    'a role of instances may give itself any policy (PutRolePolicy or AttachRolePolicy on itself, and similar), without a condition',
  risk: 'every shell on such an instance, and every application on it that can be made to send requests, has administrator access to the account',
  verify:
    'on the instance, `aws iam put-role-policy` on the role itself is allowed; `latchkey who-can --principal ROLE --path root` shows where it leads',
  remediation:
    'remove the administrator policy, or the IAM actions, from the role: allow only the actions that the application calls',
  references: [
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege',
    'https://pathfinding.cloud/paths/iam-005',
  ],
  paths: [],
  find: findAdmin,
  unseen: (facts) => gapText(facts, IAM, null),
};

/** Requests on itself that make a role an administrator. */
const SELF = ESCALATIONS.filter(
  ({ becomes, requests }) =>
    becomes === 'any-policy' && requests.length === 1 && requests.every(({ on }) => on === 'self'),
);

function* findAdmin(facts: Facts): Generator<PlaceHit> {
  const self = SELF.flatMap((row) => inPartition(row, facts.snapshot.partition));
  for (const [arn, carriers] of carriersByRole(facts)) {
    const by = self
      .filter(({ by, requests: [request] }) => {
        if (by === 'user' || !request) return false;
        const { action, context } = request;
        const asked = { action, resource: arn, region: 'us-east-1', ...(context ? { context } : {}) };
        return decisionOn(facts.snapshot, arn, asked)?.decision === 'allowed';
      })
      .map(({ action }) => action);
    if (by.length === 0) continue;
    const production = carriers.filter(facts.isProduction).length;
    yield {
      kind: 'place',
      rule: instroleAdmin,
      severity: production > 0 ? 'critical' : instroleAdmin.severity,
      cause: { kind: 'role', resource: arn, statements: [] },
      title: `role ${quoted(arn.slice(arn.lastIndexOf('/') + 1))} ${instroleAdmin.title}`,
      instanceCount: carriers.length,
      productionCount: production,
      regions: [...new Set(carriers.map(({ region }) => region))].sort(),
      evidence: [
        `it may ${[...new Set(by)].join(', ')} on itself`,
        `instances: ${capped(
          carriers.map(({ id, region }) => `${id} (${region})`),
          'instances',
        ).join(', ')}`,
      ],
      remediation: instroleAdmin.remediation,
      subjects: [arn],
    };
  }
}
