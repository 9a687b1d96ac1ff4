import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { type Credentials, PATIENT, settingsOf } from './clients.ts';

export interface MemberRole {
  /** `aws`, `aws-cn`, `aws-us-gov` */
  readonly partition: string;
  readonly accountId: string;
  readonly roleName: string;
  /** `` if the role needs none */
  readonly externalId: string;
  /** the region of the STS endpoint: sessions of a regional endpoint work in opt-in regions as well */
  readonly region: string;
}

/** Credentials of the collecting role in another account, refreshed automatically. A session lasts an hour at most. */
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
