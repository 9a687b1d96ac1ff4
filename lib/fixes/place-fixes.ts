import { type Permission, takenBack } from '../findings/disk-sharing.ts';
import type { Expected } from '../findings/expected/expected.ts';
import type { Finding } from '../findings/finding.ts';
import type { Fix, FixChange } from '../findings/fix.ts';
import { type Fleet, fleetsOf } from '../findings/fleets.ts';
import { takesNoToken } from '../findings/rules/imds-v1.ts';
import { openToAll, permissionOf } from '../findings/rules/open-ports.ts';
import { count, shortList } from '../policy/counted.ts';
import { plain, quoted } from '../policy/quoted.ts';
import { awsCommand } from '../policy/shell-word.ts';
import { GROUP_TAG, LAUNCH_TEMPLATE_TAG, TEMPLATE_VERSION_TAG, tagOf } from '../snapshot/instance-tags.ts';
import type { Instance, Snapshot } from '../snapshot/snapshot.ts';
import { applyChanges } from '../what-if/planned/apply-changes.ts';
import { reachChanges } from '../what-if/planned/reach-changes.ts';

/** The fix changes no permissions. */
const NO_CELL = { removes: 0, keeps: 0, adds: 0, narrows: 0 } as const;

/**
 * A fix for a place that is not a policy: a security group, or the source of launched instances. A text: why there is
 * none.
 */
export function placeFix(
  snapshot: Snapshot,
  expected: Pick<Expected, 'knownAccounts'>,
  finding: Finding,
): Fix | string {
  const { kind } = finding.cause;
  if (kind === 'security-group') return groupFix(snapshot, finding);
  if (kind === 'launch-template' || kind === 'auto-scaling-group' || kind === 'region')
    return fleetFix(snapshot, finding);
  if (kind === 'image' || kind === 'snapshot') return sharingFix(snapshot, expected, finding);
  return (
    RULES_WITHOUT_FORM[finding.rule] ?? WITHOUT_FORM[kind] ?? 'no form of a fix is about this: see what to do'
  );
}

const RULES_WITHOUT_FORM: Readonly<Partial<Record<string, string>>> = {
  'USER-KEYS': 'whether something still signs in with a key is for people to know: see what to do',
  'AGENT-UNBOUND': 'which agents people need is for people to decide, and a guardrail for everybody says it',
  'SCP-MGMT': 'instances have to move to another account',
};

const WITHOUT_FORM: Readonly<Partial<Record<Finding['cause']['kind'], string>>> = {
  coverage: 'nothing in the account is to be changed: a call has to be allowed',
  exception: 'the entry of `latchkey.yml` is to be changed',
  setting:
    'a setting of the account, or a policy for everybody, is to be made: what it says is for people to decide',
  principal: 'an earlier version found it, which named no statement',
};

function sharingFix(
  snapshot: Snapshot,
  expected: Pick<Expected, 'knownAccounts'>,
  { cause: { kind, resource } }: Finding,
): Fix | string {
  const found = takenBack(snapshot, expected, resource);
  if (found === null) return `with whom the ${kind} is shared was not read this time, or cannot be shown`;
  const { commands, taken, others } = found;
  const rest =
    others === 0 ? '' : `; it stays shared with ${others} ${others === 1 ? 'other' : 'others'} by name`;
  const says = `${kind} ${nameIn(resource)}: take the permission from ${fromWhom(taken)}${rest}`;
  return { says, change: [], ...NO_CELL, commands };
}

/** Whom `says` names. */
const MOST_STRANGERS = 3;

function fromWhom(taken: readonly Permission[]): string {
  if (taken.some(({ member }) => member === 'Group')) return 'everybody';
  const text = ({ member, value }: Permission): string =>
    member === 'UserId' ? `account ${plain(value)}` : quoted(value);
  return shortList(taken, MOST_STRANGERS, { text });
}

function groupFix(snapshot: Snapshot, { cause, rules }: Finding): Fix | string {
  const [, , , region = '', , resource = ''] = cause.resource.split(':');
  const id = resource.slice(resource.indexOf('/') + 1);
  const group = snapshot.regions
    .find((one) => one.region === region)
    ?.securityGroups?.find((one) => one.id === id);
  const open = group ? openToAll(group, rules) : [];
  if (open.length === 0) return 'the security group was not read this time';
  const change = open.map((rule): FixChange => ({ type: 'remove-security-group-rule', group: id, rule }));
  const command = awsCommand('ec2 revoke-security-group-ingress', {
    region,
    'group-id': id,
    'ip-permissions': JSON.stringify(open.map(permissionOf)),
  });
  const after = applyChanges(snapshot, change as Parameters<typeof applyChanges>[1]);
  const lost = reachChanges(snapshot, after).filter((one) => one.before === true && one.after !== true);
  const paths = [...new Set(lost.map(({ path }) => path))].sort();
  const from = [...new Set(open.flatMap(({ cidrs }) => cidrs))].sort().join(' and ');
  const says = `security group ${id}: take away ${open.length === 1 ? 'the rule' : `the ${open.length} rules`} for ${from}`;
  const without =
    lost.length === 0
      ? ''
      : `; ${paths.join(', ')} then no longer ${paths.length === 1 ? 'works' : 'work'} on ${count(new Set(lost.map((one) => one.instance)).size, 'instance')}`;
  return { says: `${says}${without}`, change, ...NO_CELL, commands: command === null ? [] : [command] };
}

/** Instances that a line lists by id. */
const MOST_NAMED = 500;

function fleetFix(snapshot: Snapshot, { cause, rules, regions }: Finding): Fix | string {
  const fleet = fleetsOf({ snapshot }).find(
    (one) => one.cause.resource === cause.resource && regions.includes(one.region),
  );
  const open = fleet?.instances.filter(takesNoToken) ?? [];
  if (!fleet || !rules.includes('IMDS-V1')) return 'no form of a fix is about this: see what to do';
  if (cause.kind === 'region' && open.length > MOST_NAMED)
    return `more than ${MOST_NAMED} instances of no group or template: set each to require tokens`;
  const commands = [launcherLine(fleet), instancesLine(fleet, open)].filter((line) => line !== null);
  const says = `${fleet.name}: require tokens on ${count(open.length, 'instance')}${cause.kind === 'region' ? '' : ', and on what it launches next'}`;
  return { says, change: [], ...NO_CELL, commands };
}

const REQUIRED = '{"MetadataOptions":{"HttpTokens":"required"}}';

/**
 * A version of the template that requires tokens becomes the default. A group with a version number keeps that one.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/manage-launch-template-versions.html
 */
function launcherLine({ cause, region, instances }: Fleet): string | null {
  if (cause.kind !== 'launch-template')
    return cause.kind === 'region'
      ? null
      : `# have the launch template or configuration of ${nameIn(cause.resource)} require tokens, too`;
  const id = nameIn(cause.resource);
  const versions = new Set(instances.map((one) => tagOf(one, TEMPLATE_VERSION_TAG)));
  const [version = null] = versions;
  const source = versions.size === 1 && version !== null ? version : '$Latest';
  const options = { region, 'launch-template-id': id };
  const made = awsCommand('ec2 create-launch-template-version', {
    ...{ ...options, 'source-version': source, 'launch-template-data': REQUIRED },
    ...{ query: 'LaunchTemplateVersion.VersionNumber', output: 'text' },
  });
  const put = awsCommand('ec2 modify-launch-template', options);
  return made && put && `${put} --default-version "$(${made})"`;
}

/** The existing instances: selected by the tag that AWS sets on them, or listed. */
function instancesLine({ cause, region }: Fleet, open: readonly Instance[]): string | null {
  const set = `xargs -r -n 1 aws ec2 modify-instance-metadata-options --region ${region} --http-tokens required --instance-id`;
  if (cause.kind === 'region') return `echo ${open.map(({ id }) => id).join(' ')} | ${set}`;
  const key = cause.kind === 'launch-template' ? LAUNCH_TEMPLATE_TAG : GROUP_TAG;
  const listed = awsCommand('ec2 describe-instances', {
    region,
    filters: JSON.stringify([
      { Name: `tag:${key}`, Values: [nameIn(cause.resource)] },
      { Name: 'metadata-options.http-tokens', Values: ['optional'] },
    ]),
    ...{ query: 'Reservations[].Instances[].InstanceId', output: 'text' },
  });
  return listed && `${listed} | ${set}`;
}

const nameIn = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);
