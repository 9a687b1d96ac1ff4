import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { type Credentials, PATIENT, settingsOf } from './clients.ts';

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
    clientConfig: { ...settingsOf(PATIENT), region: member.region },
  });
