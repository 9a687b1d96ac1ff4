import type { PathId } from '../../matrix/paths/cell.ts';
import type { CellGroup } from '../../matrix/paths/matrix.ts';
import { accessHit } from '../access-hit.ts';
import { isOpenFor } from '../asking.ts';
import type { Facts } from '../facts.ts';
import { SESSION_PAGE } from '../reference-pages.ts';
import type { Hit, Rule } from '../rule.ts';
import { coversAction } from '../statements.ts';
import { accessUnseen } from '../unseen.ts';

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
      title: 'rewrite user data and run it at the next boot as root',
      fires:
        'ModifyInstanceAttribute for user data, StopInstances and StartInstances are open on the same instance',
      risk: "user data runs as root at boot, with the credentials of the instance's role, and leaves no session or command in any log",
      verify:
        '`latchkey explain --principal WHO --instance ID --path user-data` shows the three requests and what grants each',
      remediation:
        'deny ec2:ModifyInstanceAttribute where ec2:Attribute is UserData to all but those who build instances',
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
        'an instance profile may be put on an instance (AssociateIamInstanceProfile, ReplaceIamInstanceProfileAssociation), and iam:PassRole takes in a role that EC2 may assume',
      risk: 'whoever has a shell on such an instance takes the credentials of whichever role is put on it',
      verify:
        '`latchkey explain --principal WHO --instance ID --path instance-profile-swap` names the role that may be passed',
      remediation:
        'limit iam:PassRole to the roles that are needed, with iam:PassedToService = ec2.amazonaws.com',
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
      risk: 'the instance forwards to any private address or name: databases and hosts without an agent are reached through it, and what passes is in no session log',
      verify: `\`aws ssm start-session --target ID --document-name ${REMOTE_HOST} --parameters host=HOST,portNumber=443,localPortNumber=8443\` opens a tunnel`,
      remediation: 'name the session documents in Resource, without that one',
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
      fires: "ssm:ResumeSession is open on somebody else's session",
      risk: 'a live shell of somebody else, with their rights on the box, and in the logs under their name',
      verify: '`latchkey who-can --path session-takeover --principal WHO` lists the instances',
      remediation: 'allow ResumeSession on own sessions alone',
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
        'a new version of a launch template may be made that a group follows (`$Latest`, or `$Default` with ModifyLaunchTemplate), or a group may be given another template; iam:PassRole is not asked for where the role stays',
      risk: 'the next instance boots with the user data of whoever wrote the version, as root, with the role of the fleet; a launch is what the group does all day',
      verify:
        '`latchkey explain --principal WHO --instance ID --path launch-template` shows the requests; `aws autoscaling describe-auto-scaling-groups` says which version the group follows',
      remediation:
        'let groups follow a numbered version, and allow ec2:CreateLaunchTemplateVersion, ec2:ModifyLaunchTemplate and autoscaling:UpdateAutoScalingGroup to the pipeline alone',
      references: ['https://pathfinding.cloud/paths/ec2-004'],
    },
    path: 'launch-template',
    actions: [
      'ec2:CreateLaunchTemplateVersion',
      'ec2:ModifyLaunchTemplate',
      'autoscaling:UpdateAutoScalingGroup',
    ],
    says: 'what the group of an instance launches next may be written',
  },
  {
    words: {
      id: 'DOC-CREATE+RUN',
      severity: 'high',
      title: 'rewrite a document that others run as root',
      fires:
        'ssm:UpdateDocument (and UpdateDocumentDefaultVersion where a number is followed) is open on a document that an association, a maintenance window or a rule of EventBridge runs on instances',
      risk: 'the next run executes what was written into the document, as root, without any right to send a command',
      verify: '`latchkey explain --principal WHO --instance ID --path document-rewrite` names the document',
      remediation:
        'name the documents in Resource that the principal owns; let associations follow a numbered version',
      references: [
        'https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-version-name.html',
        'https://pathfinding.cloud/paths/ssm-003',
      ],
    },
    path: 'document-rewrite',
    actions: ['ssm:UpdateDocument', 'ssm:UpdateDocumentDefaultVersion'],
    says: 'a document that is run on instances may be rewritten',
  },
  {
    words: {
      id: 'DOC-PREFS',
      severity: 'high',
      title: "run code in other people's next sessions, by Session Manager's preferences,",
      fires: 'SSM-SessionManagerRunShell may be rewritten, or deleted and made again',
      risk: 'the shell profile in it runs in the sessions of everybody; RunAs may be turned off or to root, and the log of sessions switched off',
      verify:
        '`latchkey explain --principal WHO --instance ID --path session-preferences` shows the statement',
      remediation:
        'deny changes of the document SSM-SessionManagerRunShell to all but those who run the service',
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
      title: 'run commands as root by a task of a maintenance window',
      fires:
        'a task may be registered with a maintenance window that has the instance as its target, or a task of it changed',
      risk: 'the window runs the task as root, on a schedule, and no right to send a command is asked for',
      verify:
        '`latchkey explain --principal WHO --instance ID --path maintenance-window` shows the requests and what rests on behaviour that AWS does not document',
      remediation: 'allow the actions on maintenance windows to those who run them, on named windows',
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
