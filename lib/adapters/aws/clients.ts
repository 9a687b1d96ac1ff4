import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { BackupClient } from '@aws-sdk/client-backup';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EKSClient } from '@aws-sdk/client-eks';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { remembered } from '../../memory/remembered.ts';
import { wholeAnswers } from './whole-answer.ts';

/** Credentials, or a function that gets them, as every SDK client takes them; absent: the environment's own. */
export type Credentials = NonNullable<ConstructorParameters<typeof EC2Client>[0]>['credentials'];

/** The services that an account is read from. Regional ones are made once per region and kept. */
export interface Clients {
  readonly ec2: (region: string) => EC2Client;
  readonly ssm: (region: string) => SSMClient;
  readonly autoScaling: (region: string) => AutoScalingClient;
  readonly backup: (region: string) => BackupClient;
  readonly cloudFormation: (region: string) => CloudFormationClient;
  readonly codeDeploy: (region: string) => CodeDeployClient;
  readonly codePipeline: (region: string) => CodePipelineClient;
  readonly ecs: (region: string) => ECSClient;
  readonly eks: (region: string) => EKSClient;
  readonly lambda: (region: string) => LambdaClient;
  readonly sfn: (region: string) => SFNClient;
  readonly iam: IAMClient;
  readonly organizations: OrganizationsClient;
  readonly sts: STSClient;
}

/** How long a call is waited for, and how often it is tried. */
export interface Patience {
  readonly maxAttempts: number;
  readonly connectionMs: number;
  /** until the answer begins */
  readonly requestMs: number;
  /** without a byte, before the answer begins and within its body */
  readonly silenceMs: number;
}

export const PATIENT: Patience = {
  maxAttempts: 8,
  connectionMs: 5_000,
  requestMs: 60_000,
  silenceMs: 20_000,
};

/** Adaptive: beside backing off, the SDK slows itself down when a service throttles. A call that hangs is given up. */
export const settingsOf = ({ maxAttempts, connectionMs, requestMs, silenceMs }: Patience) => ({
  retryMode: 'adaptive',
  maxAttempts,
  requestHandler: {
    connectionTimeout: connectionMs,
    requestTimeout: requestMs,
    socketTimeout: silenceMs,
    throwOnRequestTimeout: true,
  },
});

/** The types of each client's stack name the operations of its service, and so nothing fits all of them. */
interface AnyClient {
  readonly middlewareStack: { readonly use: (plugin: never) => void };
}

/**
 * The one way to make a client of the SDK: it is patient with a service, gives up on silence, and refuses what is no
 * answer of the service.
 */
export function awsClient<Client extends AnyClient, Config extends object>(
  Make: new (config: Config) => Client,
  config: Config,
  patience: Patience = PATIENT,
): Client {
  const client = new Make({ ...settingsOf(patience), ...config });
  client.middlewareStack.use(wholeAnswers as never);
  return client;
}

/** Clients for one account; `region` is where its global services are asked from. */
export function clientsFor(region: string, credentials?: Credentials, patience?: Patience): Clients {
  const at = (where: string) => ({ region: where, ...(credentials && { credentials }) });
  return {
    ec2: perRegion((where) => awsClient(EC2Client, at(where), patience)),
    ssm: perRegion((where) => awsClient(SSMClient, at(where), patience)),
    autoScaling: perRegion((where) => awsClient(AutoScalingClient, at(where), patience)),
    backup: perRegion((where) => awsClient(BackupClient, at(where), patience)),
    cloudFormation: perRegion((where) => awsClient(CloudFormationClient, at(where), patience)),
    codeDeploy: perRegion((where) => awsClient(CodeDeployClient, at(where), patience)),
    codePipeline: perRegion((where) => awsClient(CodePipelineClient, at(where), patience)),
    ecs: perRegion((where) => awsClient(ECSClient, at(where), patience)),
    eks: perRegion((where) => awsClient(EKSClient, at(where), patience)),
    lambda: perRegion((where) => awsClient(LambdaClient, at(where), patience)),
    sfn: perRegion((where) => awsClient(SFNClient, at(where), patience)),
    iam: awsClient(IAMClient, at(region), patience),
    organizations: awsClient(OrganizationsClient, at(region), patience),
    sts: awsClient(STSClient, at(region), patience),
  };
}

function perRegion<Client>(make: (region: string) => Client): (region: string) => Client {
  const made = new Map<string, Client>();
  return (region) => {
    return remembered(made, region, () => make(region));
  };
}
