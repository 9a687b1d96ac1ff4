import type { Severity } from './finding.ts';

export type RuleId =
  | 'EIC-ALL'
  | 'EIC-NO-OSUSER'
  | 'SSM-STAR'
  | 'SSM-START-ALL'
  | 'CMD-ALL'
  | 'CMD-SHELL'
  | 'TAG-TAMPER'
  | 'TRUST-EC2-MISSING'
  | 'IMDS-V1'
  | 'SG-SSH';

/**
 * One row of the catalogue. `severity` is the base: see severity.ts for what raises and lowers it.
 * `within`: rules that describe the same access more broadly; where one of them fires for the same principal and covers
 * the same instances, this one is silent.
 */
export interface Rule {
  readonly id: RuleId;
  readonly severity: Severity;
  readonly title: string;
  /** why it is dangerous */
  readonly risk: string;
  /** what to do, in general; a finding adds the policy, the principal and an example */
  readonly remediation: string;
  readonly references: readonly string[];
  readonly within?: readonly RuleId[];
}

const AWS_DOCS = 'https://docs.aws.amazon.com';
const OSUSER_PAGE = `${AWS_DOCS}/AWSEC2/latest/UserGuide/ec2-instance-connect-configure-IAM-role.html`;
const SESSION_PAGE = `${AWS_DOCS}/systems-manager/latest/userguide/getting-started-restrict-access-quickstart.html`;
const COMMAND_PAGE = `${AWS_DOCS}/systems-manager/latest/userguide/run-command-setting-up.html`;

/** The catalogue of rules: ids are stable interface. docs/findings.md says how each is judged. */
export const RULES: readonly Rule[] = [
  {
    id: 'EIC-ALL',
    severity: 'high',
    title: 'may push an SSH key to every instance',
    risk: 'SendSSHPublicKey on all instances is a shell on each box that answers on port 22, those launched later included',
    remediation: 'name the instances in Resource, or limit them by a tag that the principal cannot change',
    references: [OSUSER_PAGE, 'https://pathfinding.cloud/paths/ec2instanceconnect-003'],
  },
  {
    id: 'EIC-NO-OSUSER',
    severity: 'high',
    title: 'may choose any OS user, root included',
    risk: 'without a limit on ec2:osuser the caller pushes the key for root or for any other user of the instance',
    remediation: "limit ec2:osuser to the image's own user (ec2-user, ubuntu)",
    references: [
      OSUSER_PAGE,
      `${AWS_DOCS}/service-authorization/latest/reference/list_amazonec2instanceconnect.html`,
    ],
  },
  {
    id: 'SSM-STAR',
    severity: 'high',
    title: 'holds all of Systems Manager on every instance',
    risk: 'every way in that Systems Manager has (sessions, commands as root, associations, documents and their preferences), those that AWS adds later included',
    remediation: 'allow only the actions that are used, on the instances that are meant',
    references: [
      SESSION_PAGE,
      COMMAND_PAGE,
      'https://pathfinding.cloud/paths/ssm-001',
      'https://pathfinding.cloud/paths/ssm-002',
    ],
  },
  {
    id: 'SSM-START-ALL',
    severity: 'high',
    title: 'may start a session on every instance',
    risk: 'StartSession on all instances is a shell on every managed box, without an open port; ssm-user has sudo',
    remediation: 'name the instances in Resource, or limit them by a tag that the principal cannot change',
    references: [SESSION_PAGE, 'https://pathfinding.cloud/paths/ssm-001'],
    within: ['SSM-STAR'],
  },
  {
    id: 'CMD-ALL',
    severity: 'critical',
    title: 'may run any command document on every instance',
    risk: 'the agent runs documents as root or SYSTEM: SendCommand with any document on all instances is administrator access to the fleet',
    remediation:
      'allow SendCommand on the documents that are needed (own ones, without a free command) and on the instances that are meant',
    references: [COMMAND_PAGE, 'https://pathfinding.cloud/paths/ssm-002'],
    within: ['SSM-STAR'],
  },
  {
    id: 'CMD-SHELL',
    severity: 'high',
    title: 'may run own commands as root',
    risk: 'documents such as AWS-RunShellScript run what the caller types, as root or SYSTEM',
    remediation:
      'allow SendCommand on own documents that do one task, without a free command, and on the instances that are meant',
    references: [COMMAND_PAGE, 'https://pathfinding.cloud/paths/ssm-002'],
    within: ['CMD-ALL', 'SSM-STAR'],
  },
  {
    id: 'TAG-TAMPER',
    severity: 'high',
    title: 'may rewrite the tags that decide who gets in',
    risk: 'who can set or remove a tag that a policy of the account asks for grants access to themselves or to others',
    remediation:
      'deny CreateTags and DeleteTags on those tag keys to all but those who hand out access, best in a service control policy',
    references: [`${AWS_DOCS}/AWSEC2/latest/UserGuide/control-access-with-tags.html`],
  },
  {
    id: 'TRUST-EC2-MISSING',
    severity: 'low',
    title: 'the role of an instance profile does not trust ec2.amazonaws.com',
    risk: 'the instance gets no credentials, so its agent cannot register; often a trust policy that was changed by mistake',
    remediation: 'let ec2.amazonaws.com assume the role, or take it out of the instance profile',
    references: [`${AWS_DOCS}/IAM/latest/UserGuide/id_roles_use_switch-role-ec2.html`],
  },
  {
    id: 'IMDS-V1',
    severity: 'high',
    title: 'the instance answers metadata requests without a token (IMDSv1)',
    risk: "a request forged through an application or proxy on the instance reads the credentials of the instance's role",
    remediation: 'require tokens',
    references: [
      `${AWS_DOCS}/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html`,
      'Security Hub EC2.8',
      'CIS AWS Foundations v5 5.7',
    ],
  },
  {
    id: 'SG-SSH',
    severity: 'high',
    title: 'SSH is open to the whole internet',
    risk: 'port 22 from anywhere: every instance with a public address that carries the group can be attacked',
    remediation:
      'remove the rule, or narrow it to known addresses; Session Manager and Instance Connect Endpoint need no open port',
    references: ['Security Hub EC2.13', 'CIS AWS Foundations v5 5.3, 5.4'],
  },
];

const BY_ID: ReadonlyMap<RuleId, Rule> = new Map(RULES.map((rule) => [rule.id, rule]));

/** A rule of the catalogue. */
export function ruleOf(id: RuleId): Rule {
  return BY_ID.get(id) as Rule;
}
