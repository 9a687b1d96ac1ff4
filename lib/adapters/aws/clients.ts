import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient } from '@aws-sdk/client-iam';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';

/** Credentials, or a function that gets them, as every SDK client takes them; absent: the environment's own. */
export type Credentials = NonNullable<ConstructorParameters<typeof EC2Client>[0]>['credentials'];

/** The services that an account is read from. Regional ones are made once per region and kept. */
export interface Clients {
  readonly ec2: (region: string) => EC2Client;
  readonly ssm: (region: string) => SSMClient;
  readonly iam: IAMClient;
  readonly organizations: OrganizationsClient;
  readonly sts: STSClient;
}

/** Adaptive: beside backing off, the SDK slows itself down when a service throttles. A call that hangs is given up. */
export const PATIENT = {
  retryMode: 'adaptive',
  maxAttempts: 8,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000, throwOnRequestTimeout: true },
} as const;

/** Clients for one account; `region` is where its global services are asked from. */
export function clientsFor(region: string, credentials?: Credentials): Clients {
  const settings = (where: string) => ({ ...PATIENT, region: where, ...(credentials && { credentials }) });
  return {
    ec2: perRegion((where) => new EC2Client(settings(where))),
    ssm: perRegion((where) => new SSMClient(settings(where))),
    iam: new IAMClient(settings(region)),
    organizations: new OrganizationsClient(settings(region)),
    sts: new STSClient(settings(region)),
  };
}

function perRegion<Client>(make: (region: string) => Client): (region: string) => Client {
  const made = new Map<string, Client>();
  return (region) => {
    const client = made.get(region) ?? make(region);
    made.set(region, client);
    return client;
  };
}
