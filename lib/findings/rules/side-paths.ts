import { isOpenFor } from '../asking.ts';
import { grantsBehind } from '../evidence.ts';
import type { Facts } from '../facts.ts';
import type { Rule } from '../rule.ts';
import { shellCells } from '../shell-cells.ts';
import { type PathRule, pathRule } from './path-rules.ts';

/** Paths that look like something smaller: a tunnel, a backup, a container, reading, an approval. */
const SIDE_PATHS: readonly PathRule[] = [
  {
    words: {
      id: 'EICE-NO-IP',
      severity: 'medium',
      title: 'open a tunnel to any host that an Instance Connect endpoint reaches',
      fires:
        'OpenTunnel is open on an endpoint for an address that no instance has: `ec2-instance-connect:privateIpAddress` does not limit it',
      risk: 'the endpoint leads to every host of its network, not only to instances; the address is the only way to limit it by instance',
      verify:
        '`aws ec2-instance-connect open-tunnel --instance-connect-endpoint-id ID --private-ip-address ADDRESS` takes any address',
      remediation:
        'limit ec2-instance-connect:privateIpAddress to the intended addresses, and remotePort to 22',
      references: [
        'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/permissions-for-ec2-instance-connect-endpoint.html',
      ],
    },
    path: 'instance-connect-endpoint',
    isAbout: mayTunnelAnywhere,
    actions: ['ec2-instance-connect:OpenTunnel'],
    says: 'OpenTunnel is open for addresses that no instance has',
  },
  {
    words: {
      id: 'SNAP-READ-EXISTING',
      severity: 'medium',
      title: 'read the disks of instances from existing snapshots',
      fires: 'a principal without a shell on any instance may read or share snapshots of one',
      risk: 'the disk can be read from the backup without a session, a command or a change of the instance',
      verify:
        '`latchkey explain --principal WHO --instance ID --path disk-copy` names the snapshot and the request',
      remediation:
        'allow ebs:GetSnapshotBlock, ec2:ModifySnapshotAttribute and ec2:CreateVolume only to those who restore backups',
      references: ['https://docs.aws.amazon.com/ebs/latest/userguide/ebsapi-permissions.html'],
    },
    path: 'disk-copy',
    isAbout: hasNoShell,
    isOf: (_, { outcome }) => outcome.alternative.startsWith('existing snapshot'),
    actions: ['ebs:GetSnapshotBlock', 'ec2:ModifySnapshotAttribute', 'ec2:CreateVolume', 'ec2:CopySnapshot'],
    says: 'snapshots of its disks may be read or shared',
  },
  {
    words: {
      id: 'ECS-PRIV-OPEN',
      severity: 'high',
      title: 'run a container that has root on its instance',
      fires:
        'a task definition may be registered and run on instances of a cluster, with no limit on privileged containers',
      risk: 'a privileged container, or one that mounts the disk of its host, is root on the instance and has its role',
      verify: '`latchkey explain --principal WHO --instance ID --path container-host` shows the requests',
      remediation:
        'deny ecs:RegisterTaskDefinition if ecs:privileged is true, to everybody who does not need it',
      references: [
        'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-tasks-containers.html',
      ],
    },
    path: 'container-host',
    isAbout: mayRegisterPrivileged,
    actions: ['ecs:RegisterTaskDefinition', 'ecs:RunTask', 'ecs:StartTask', 'ecs:CreateService'],
    says: 'a task may be registered and run on the instance',
  },
  {
    words: {
      id: 'JIT-SELF-APPROVE',
      severity: 'high',
      title: 'approve their own just-in-time access',
      fires: 'the same principal may request access and change or create the policy that approves it',
      risk: 'nobody else has to approve the access',
      verify:
        '`latchkey who-can --path just-in-time --principal WHO --json` has ways in with the code `own-approval`',
      remediation:
        'deny ssm:UpdateDocument and ssm:CreateDocument on approval policies to those who request access',
      references: [
        'https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-just-in-time-node-access-approval-policies.html',
      ],
    },
    path: 'just-in-time',
    isOf: (_, { outcome }) => outcome.alternative.startsWith('own approval'),
    actions: ['ssm:UpdateDocument', 'ssm:CreateDocument'],
    says: 'the principal may request access and change or create the policy that approves it',
    adds: true,
  },
  {
    words: {
      id: 'FLEET-READONLY',
      severity: 'medium',
      title: 'get a shell through a statement that looks like read access',
      fires:
        "a statement like AWS's sample for reading in Fleet Manager (StartSession with `AWSFleetManager-...` documents) also opens the default session document, which is a shell",
      risk: 'a permission to read files and logs becomes a shell as root',
      verify: '`aws ssm start-session --target ID` without a document opens a shell, or is refused',
      remediation:
        'require `ssm:SessionDocumentAccessCheck` = true in the statement, so that only its own documents are open',
      references: [
        'https://docs.aws.amazon.com/systems-manager/latest/userguide/setting-up-fleet-manager-configure-permissions.html',
        'https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-sessiondocumentaccesscheck.html',
      ],
    },
    path: 'session-manager',
    isOf: restsOnReading,
    actions: ['ssm:StartSession'],
    says: 'StartSession with reading documents also opens the default session document',
  },
];

export const sidePathRules: readonly Rule[] = SIDE_PATHS.map(pathRule);

/** Reserved for documentation: nobody has this address. https://www.rfc-editor.org/rfc/rfc5737 */
const NOBODYS = '192.0.2.77';

function mayTunnelAnywhere({ snapshot }: Facts, principal: string): boolean {
  const context = {
    'ec2-instance-connect:privateIpAddress': NOBODYS,
    'ec2-instance-connect:remotePort': '22',
  };
  return snapshot.regions.some(({ region, connectEndpoints }) =>
    (connectEndpoints ?? []).some(({ arn, tags }) =>
      isOpenFor(snapshot, principal, {
        ...{ action: 'ec2-instance-connect:OpenTunnel', resource: arn, region, tags, context },
      }),
    ),
  );
}

/**
 * A limit on privileged containers leaves the path open: a container may still mount the disk of its host.
 */
function mayRegisterPrivileged({ snapshot, regions }: Facts, principal: string): boolean {
  const { partition, accountId } = snapshot;
  return regions.some((region) =>
    isOpenFor(snapshot, principal, {
      action: 'ecs:RegisterTaskDefinition',
      resource: `arn:${partition}:ecs:${region}:${accountId}:task-definition/new:1`,
      ...{ region, context: { 'ecs:privileged': 'true' } },
    }),
  );
}

function hasNoShell(facts: Facts, principal: string): boolean {
  const index = facts.matrix.principals.findIndex(({ arn }) => arn === principal);
  return !shellCells(facts).has(index);
}

/** True if only reading documents are granted, and the default document is open all the same. */
function restsOnReading(facts: Facts, group: Parameters<NonNullable<PathRule['isOf']>>[1]): boolean {
  if (!group.outcome.uncertain.includes('default-session-document')) return false;
  return grantsBehind(facts, [group]).some(({ policy, statement }) =>
    facts.policies
      .statements(policy)
      ?.[statement]?.resources?.some((arn) => /:document\/AWSFleetManager-/i.test(arn)),
  );
}
