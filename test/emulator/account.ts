import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  EC2Client,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  AttachUserPolicyCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { emulated } from './stack.ts';

/** An account created through the AWS APIs: three users and three instances, one with a hostile name. */
export interface EmulatedAccount {
  readonly accountId: string;
  /** may start sessions on instances tagged `team=red`: one instance */
  readonly alice: string;
  /** has no permissions yet */
  readonly bob: string;
  /** may run commands everywhere */
  readonly operator: string;
  readonly red: string;
  readonly blue: string;
  readonly hostile: string;
  /** ARN of an unattached policy: Instance Connect to everything as `ec2-user` */
  readonly openShells: string;
  tag(instance: string, key: string, value: string): Promise<void>;
  attach(user: string, policy: string): Promise<void>;
}

export const HOSTILE_NAME = '<script>alert(1)</script>';

const allow = (Action: string, Condition?: object): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Sid: 'Granted', Effect: 'Allow', Action, Resource: '*', ...(Condition && { Condition }) }],
  });

/**
 * Sessions by tag, as in AWS's sample policy: only the default document is allowed, so the list of documents does
 * not matter.
 */
const SESSIONS_BY_TAG = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: 'ssm:StartSession',
      Resource: 'arn:aws:ec2:*:*:instance/*',
      Condition: { StringEquals: { 'ssm:resourceTag/team': 'red' } },
    },
    {
      Effect: 'Allow',
      Action: ['ssm:StartSession', 'ssmmessages:OpenDataChannel'],
      Resource: ['arn:aws:ssm:*:*:document/SSM-SessionManagerRunShell', 'arn:aws:ssm:*:*:session/*'],
    },
  ],
});

export async function makeAccount(endpoint: string): Promise<EmulatedAccount> {
  const iam = new IAMClient(emulated(endpoint));
  const ec2 = new EC2Client(emulated(endpoint));
  const user = async (UserName: string, policy?: string): Promise<string> => {
    const { User } = await iam.send(new CreateUserCommand({ UserName }));
    if (policy) {
      await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument: policy }));
    }
    return User?.Arn ?? '';
  };
  const alice = await user('alice', SESSIONS_BY_TAG);
  const bob = await user('bob');
  const operator = await user('operator', allow('ssm:SendCommand'));
  const { Policy } = await iam.send(
    new CreatePolicyCommand({
      PolicyName: 'OpenShells',
      PolicyDocument: allow('ec2-instance-connect:SendSSHPublicKey', {
        StringEquals: { 'ec2:osuser': 'ec2-user' },
      }),
    }),
  );
  const group = await openGroup(ec2);
  const instance = (Name: string, team: string) => launch(ec2, group, { Name, team });
  return {
    accountId: alice.split(':')[4] ?? '',
    alice,
    bob,
    operator,
    red: await instance('db', 'red'),
    blue: await instance('web', 'blue'),
    hostile: await instance(HOSTILE_NAME, '=cmd()'),
    openShells: Policy?.Arn ?? '',
    async tag(id, Key, Value) {
      await ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key, Value }] }));
    },
    async attach(UserName, PolicyArn) {
      await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
    },
  };
}

async function openGroup(ec2: EC2Client): Promise<string> {
  const { GroupId = '' } = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: 'open', Description: 'SSH from everywhere' }),
  );
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId,
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    }),
  );
  return GroupId;
}

async function launch(
  ec2: EC2Client,
  group: string,
  tags: Readonly<Record<string, string>>,
): Promise<string> {
  const { Instances: [made] = [] } = await ec2.send(
    new RunInstancesCommand({
      ImageId: 'ami-0abcdef1234567890',
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
      SecurityGroupIds: [group],
      TagSpecifications: [
        { ResourceType: 'instance', Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
      ],
    }),
  );
  return made?.InstanceId ?? '';
}
