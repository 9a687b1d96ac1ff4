import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { type Credentials, PATIENT } from './clients.ts';

export const stsClient = (region: string): STSClient => new STSClient({ ...PATIENT, region });

/** The account that the credentials of the environment belong to. */
export async function ownAccount(client: STSClient): Promise<string> {
  const { Account } = await client.send(new GetCallerIdentityCommand({}));
  if (Account === undefined) throw new Error('`sts get-caller-identity` names no account');
  return Account;
}

export interface MemberRole {
  /** `aws`, `aws-cn`, `aws-us-gov` */
  readonly partition: string;
  readonly accountId: string;
  readonly roleName: string;
  /** `` where the role asks for none */
  readonly externalId: string;
  /** whose endpoint of STS is asked: the regional one, so that sessions work in opt-in regions too */
  readonly region: string;
}

/** Credentials of the collecting role in another account; refreshed by themselves. A session lasts an hour at most. */
export const memberCredentials = (member: MemberRole): Credentials =>
  fromTemporaryCredentials({
    params: {
      RoleArn: `arn:${member.partition}:iam::${member.accountId}:role/${member.roleName}`,
      RoleSessionName: 'latchkey',
      DurationSeconds: 3600,
      ...(member.externalId !== '' && { ExternalId: member.externalId }),
    },
    clientConfig: { region: member.region },
  });
