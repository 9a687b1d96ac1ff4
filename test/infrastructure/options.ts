const ACCOUNT = '222233334444';

/** Every parameter of the deployment with a value that is not its default. */
export const OPTIONS = {
  ...{ MailFrom: 'latchkey@example.com', MailTo: 'team@example.com' },
  MailIdentityArn: 'arn:aws:ses:us-east-1:999988887777:identity/example.com',
  ...{ AlertEmail: 'security@example.com', AlertForm: 'chat', OperationsEmail: 'cloud@example.com' },
  ...{ ScanSchedule: 'cron(0 6 * * ? *)', ScheduleState: 'DISABLED', MaxHoursBetweenScans: '48' },
  ...{ AccountIds: 'organization,-ou-ab12-sandbox01,-111122223333', Regions: 'eu-west-1, us-gov-west-1' },
  ...{ MemberRoleName: 'audit/latchkey-member', ExternalId: 'an-external-id' },
  ...{ OrganizationId: 'o-exampleorgid', DefaultSessionDocument: 'explicit', RunRetentionDays: '0' },
  ReportReaders: `arn:aws:iam::${ACCOUNT}:root`,
  ReportUrl: 'https://reports.example.com/latchkey/',
  StoreKeyArn: `arn:aws:kms:us-east-1:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555`,
  LogKeyArn: `arn:aws:kms:us-east-1:${ACCOUNT}:key/66666666-7777-8888-9999-000000000000`,
  ...{ AccessLogBucket: 'access-logs-of-the-bank', LockDays: '30', RolePath: '/audit/' },
  PermissionsBoundary: `arn:aws:iam::${ACCOUNT}:policy/boundary`,
  FunctionMemory: '4096',
} as const;
