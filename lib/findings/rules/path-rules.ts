import type { PathId } from '../../matrix/paths/cell.ts';
import type { CellGroup } from '../../matrix/paths/matrix.ts';
import { accessHit } from '../access-hit.ts';
import { isOpenFor } from '../asking.ts';
import type { Facts } from '../facts.ts';
import { SESSION_PAGE } from '../reference-pages.ts';
import type { Hit, Rule } from '../rule.ts';
import { coversAction } from '../statements.ts';
import { accessUnseen } from '../unseen.ts';
import { isByNewLaunch } from './new-launches.ts';

/** Rules of the form: this path is open, on any instances. One row each. */
export interface PathRule {
  readonly words: Omit<Rule, 'find' | 'unseen' | 'paths'>;
  readonly path: PathId;
  /** whether the rule applies to this principal; left out: to all that hold the path */
  readonly isAbout?: (facts: Facts, principal: string) => boolean;
  /** the cells of the rule; left out: all */
  readonly isOf?: (facts: Facts, cells: CellGroup) => boolean;
  /** the actions whose statements are to be changed */
  readonly actions: readonly string[];
  readonly says: string;
  /** the remedy is an additional policy, not a change of the granting statement */
  readonly adds?: true;
  readonly example?: (accountId: string, partition: string) => object;
}

const REMOTE_HOST = 'AWS-StartPortForwardingSessionToRemoteHost';

const PATH_RULES: readonly PathRule[] = [
  {
    words: {
      id: 'UDATA-REWRITE',
      severity: 'high',
      title: 'change user data, which runs as root at the next boot',
      fires:
        'ModifyInstanceAttribute for user data, StopInstances and StartInstances are open on the same instance',
      risk: "user data runs as root at boot, with the credentials of the instance's role, and no session or command is logged",
      verify:
        '`latchkey explain --principal WHO --instance ID --path user-data` shows the three requests and the statement that grants each',
      remediation:
        'deny ec2:ModifyInstanceAttribute if ec2:Attribute is UserData, to everybody who does not build instances',
      references: ['https://pathfinding.cloud/paths/ec2-002'],
    },
    path: 'user-data',
    actions: ['ec2:ModifyInstanceAttribute'],
    says: 'the user data of an instance may be replaced, and the instance stopped and started',
    adds: true,
    example: (accountId, partition) => ({
      Effect: 'Deny',
      Action: 'ec2:ModifyInstanceAttribute',
      Resource: `arn:${partition}:ec2:*:${accountId}:instance/*`,
      Condition: { StringEquals: { 'ec2:Attribute': 'UserData' } },
    }),
  },
  {
    words: {
      id: 'PROF-ROLE-SWAP',
      severity: 'medium',
      title: 'give instances another role',
      fires:
        'an instance profile may be put on an instance (AssociateIamInstanceProfile, ReplaceIamInstanceProfileAssociation), and iam:PassRole covers a role that EC2 may assume',
      risk: 'anybody with a shell on such an instance gets the credentials of any role that is put on it',
      verify:
        '`latchkey explain --principal WHO --instance ID --path instance-profile-swap` names the role that may be passed',
      remediation: 'limit iam:PassRole to the needed roles, with iam:PassedToService = ec2.amazonaws.com',
      references: [
        'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html',
        'https://pathfinding.cloud/paths/ec2-001',
      ],
    },
    path: 'instance-profile-swap',
    actions: ['iam:PassRole'],
    says: 'an instance profile may be changed to one with another role',
    example: (accountId, partition) => ({
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: `arn:${partition}:iam::${accountId}:role/<role>`,
      Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
    }),
  },
  {
    words: {
      id: 'SSM-PORTFWD-REMOTE',
      severity: 'medium',
      title: 'use instances as jump hosts to any host that they reach',
      fires: `StartSession is open with ${REMOTE_HOST}`,
      risk: 'the instance forwards to any private address or name, such as databases and hosts without an agent, and session logs do not contain the traffic',
      verify: `\`aws ssm start-session --target ID --document-name ${REMOTE_HOST} --parameters host=HOST,portNumber=443,localPortNumber=8443\` opens a tunnel`,
      remediation: 'list the session documents in Resource, without this one',
      references: [SESSION_PAGE],
    },
    path: 'session-manager-port-forward',
    isAbout: mayReachOtherHosts,
    actions: ['ssm:StartSession'],
    says: `StartSession is open with ${REMOTE_HOST}`,
  },
  {
    words: {
      id: 'SSM-RESUME-OTHERS',
      severity: 'high',
      title: "take over other people's sessions",
      fires: "ssm:ResumeSession is open on another principal's session",
      risk: "the principal takes over another principal's running shell, with its rights on the instance, and the logs show the other name",
      verify: '`latchkey who-can --path session-takeover --principal WHO` lists the instances',
      remediation: "allow ResumeSession only on the principal's own sessions",
      references: [
        'https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-restrict-access-examples.html',
      ],
    },
    path: 'session-takeover',
    actions: ['ssm:ResumeSession'],
    says: "ssm:ResumeSession is open on other people's sessions",
    example: (accountId, partition) => ({
      Effect: 'Allow',
      Action: ['ssm:ResumeSession', 'ssm:TerminateSession'],
      Resource: `arn:${partition}:ssm:*:${accountId}:session/\${aws:userid}-*`,
    }),
  },
  {
    words: {
      id: 'LT-HIJACK',
      severity: 'high',
      title: 'decide what an auto scaling group launches next',
      fires:
        'a principal may create a new version of a launch template that a group follows (`$Latest`, or `$Default` with ModifyLaunchTemplate), or give a group another version; iam:PassRole is not needed if the role stays the same. New templates and launch configurations, which administrators of groups may use, do not count',
      risk: "the group's next instance runs the user data of the new version as root, with the role of the fleet",
      verify:
        '`latchkey explain --principal WHO --instance ID --path launch-template` shows the requests; `aws autoscaling describe-auto-scaling-groups` shows which version the group uses',
      remediation:
        'let groups use a numbered version, and allow ec2:CreateLaunchTemplateVersion, ec2:ModifyLaunchTemplate and autoscaling:UpdateAutoScalingGroup only for the pipeline',
      references: ['https://pathfinding.cloud/paths/ec2-004'],
    },
    path: 'launch-template',
    isOf: (_, group) => !isByNewLaunch(group),
    actions: [
      'ec2:CreateLaunchTemplateVersion',
      'ec2:ModifyLaunchTemplate',
      'autoscaling:UpdateAutoScalingGroup',
    ],
    says: "the launch template of an instance's group may be changed",
  },
  {
    words: {
      id: 'DOC-CREATE+RUN',
      severity: 'high',
      title: 'change a document that others run as root',
      fires:
        'ssm:UpdateDocument (with UpdateDocumentDefaultVersion if the default version runs) is open on a document that an association, a maintenance window or an EventBridge rule runs on instances',
      risk: 'the next run executes the new content of the document as root, without permission to send a command',
      verify: '`latchkey explain --principal WHO --instance ID --path document-rewrite` names the document',
      remediation: "list the principal's own documents in Resource; let associations use a numbered version",
      references: [
        'https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-version-name.html',
        'https://pathfinding.cloud/paths/ssm-003',
      ],
    },
    path: 'document-rewrite',
    actions: ['ssm:UpdateDocument', 'ssm:UpdateDocumentDefaultVersion'],
    says: 'a document that is run on instances may be changed',
  },
  {
    words: {
      id: 'DOC-PREFS',
      severity: 'high',
      title: "run code in other people's sessions, through Session Manager's preferences,",
      fires: 'SSM-SessionManagerRunShell may be changed, or deleted and created again',
      risk: "its shell profile runs in everybody's sessions; RunAs can be turned off or set to root, and session logs can be switched off",
      verify:
        '`latchkey explain --principal WHO --instance ID --path session-preferences` shows the statement',
      remediation:
        'deny changes of the document SSM-SessionManagerRunShell to everybody except its administrators',
      references: [
        'https://docs.aws.amazon.com/systems-manager/latest/userguide/preference-setting-permissions.html',
      ],
    },
    path: 'session-preferences',
    actions: ['ssm:UpdateDocument', 'ssm:CreateDocument', 'ssm:DeleteDocument'],
    says: "the document of Session Manager's preferences may be changed",
    adds: true,
    example: (accountId, partition) => ({
      Effect: 'Deny',
      Action: ['ssm:UpdateDocument', 'ssm:CreateDocument', 'ssm:DeleteDocument'],
      Resource: `arn:${partition}:ssm:*:${accountId}:document/SSM-SessionManagerRunShell`,
    }),
  },
  {
    words: {
      id: 'MW-TASK',
      severity: 'high',
      title: 'run commands as root through a task of a maintenance window',
      fires:
        'a task may be registered with a maintenance window that has the instance as a target, or an existing task of it changed',
      risk: 'the window runs the task as root, on a schedule, and needs no permission to send a command',
      verify:
        '`latchkey explain --principal WHO --instance ID --path maintenance-window` shows the requests, and which results depend on behaviour that AWS does not document',
      remediation: 'allow the actions on maintenance windows only to their administrators, on named windows',
      references: [
        'https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RegisterTaskWithMaintenanceWindow.html',
      ],
    },
    path: 'maintenance-window',
    actions: ['ssm:RegisterTaskWithMaintenanceWindow', 'ssm:UpdateMaintenanceWindowTask'],
    says: 'a task of a maintenance window may be registered or changed',
  },
];

export const pathRules: readonly Rule[] = PATH_RULES.map(pathRule);

export function pathRule(row: PathRule): Rule {
  const rule: Rule = {
    ...row.words,
    paths: [row.path],
    find: (facts) => findOpen(facts, rule, row),
    unseen: accessUnseen,
  };
  return rule;
}

function* findOpen(facts: Facts, rule: Rule, row: PathRule): Generator<Hit> {
  const { accountId, partition } = facts.snapshot;
  for (const [principal, all] of facts.held(row.path)) {
    const cells = row.isOf ? all.filter((group) => row.isOf?.(facts, group)) : all;
    if (cells.length === 0) continue;
    if (row.isAbout && !row.isAbout(facts, facts.matrix.principals[principal]?.arn ?? '')) continue;
    const example = row.example?.(accountId, partition);
    yield accessHit(facts, {
      rule,
      principal,
      cells,
      says: row.says,
      concerns: (statement) => row.actions.some((action) => coversAction(statement, action)),
      ...(row.adds && { adds: true }),
      ...(example && { example }),
    });
  }
}

/** A principal that may use both port forwarding documents holds the path by the first of them. */
function mayReachOtherHosts({ snapshot, regions }: Facts, principal: string): boolean {
  return regions.some((region) =>
    isOpenFor(snapshot, principal, {
      action: 'ssm:StartSession',
      resource: `arn:${snapshot.partition}:ssm:${region}::document/${REMOTE_HOST}`,
      region,
    }),
  );
}
