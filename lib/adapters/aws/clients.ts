import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { BackupClient } from '@aws-sdk/client-backup';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EKSClient } from '@aws-sdk/client-eks';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { IdentitystoreClient } from '@aws-sdk/client-identitystore';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { SSOAdminClient } from '@aws-sdk/client-sso-admin';
import { STSClient } from '@aws-sdk/client-sts';
import { remembered } from '../../memory/remembered.ts';
import { type RateLimit, rateLimits } from './rate-limit.ts';
import type { Timer } from './token-bucket.ts';
import { wholeAnswers } from './whole-answer.ts';

/** Credentials, or a function that gets them, as every SDK client takes them; absent: those of the environment. */
export type Credentials = NonNullable<ConstructorParameters<typeof EC2Client>[0]>['credentials'];

/** The services of an account. Regional clients are created once per region and kept. */
export interface Clients {
  readonly ec2: (region: string) => EC2Client;
  readonly ssm: (region: string) => SSMClient;
  readonly autoScaling: (region: string) => AutoScalingClient;
  readonly backup: (region: string) => BackupClient;
  readonly cloudFormation: (region: string) => CloudFormationClient;
  readonly codeBuild: (region: string) => CodeBuildClient;
  readonly codeDeploy: (region: string) => CodeDeployClient;
  readonly codePipeline: (region: string) => CodePipelineClient;
  readonly ecs: (region: string) => ECSClient;
  readonly eks: (region: string) => EKSClient;
  readonly eventBridge: (region: string) => EventBridgeClient;
  readonly lambda: (region: string) => LambdaClient;
  readonly sfn: (region: string) => SFNClient;
  readonly ssoAdmin: (region: string) => SSOAdminClient;
  readonly identityStore: (region: string) => IdentitystoreClient;
  readonly iam: IAMClient;
  readonly organizations: OrganizationsClient;
  readonly sts: STSClient;
}

/** Timeouts of a call, and how often it is tried. */
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

/**
 * Adaptive: besides backing off, the SDK slows itself down when a service throttles. A call that hangs is abandoned.
 */
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

/** The type of a client's stack contains the operations of its service, so no SDK type fits all clients. */
interface AnyClient {
  readonly middlewareStack: { readonly use: (plugin: never) => void };
}

/** Behaviour of a client beyond the SDK's own settings. */
export interface Manners {
  readonly patience?: Patience | undefined;
  readonly limit?: RateLimit | undefined;
}

/**
 * Creates every SDK client: it retries, ends a call without an answer, rejects what is not an answer of the service,
 * and obeys a rate limit if it gets one.
 */
export function awsClient<Client extends AnyClient, Config extends object>(
  Make: new (config: Config) => Client,
  config: Config,
  { patience = PATIENT, limit }: Manners = {},
): Client {
  // a rate limit slows down by itself when a service throttles
  const retryMode = limit === undefined ? 'adaptive' : 'standard';
  const client = new Make({ ...settingsOf(patience), retryMode, ...config });
  client.middlewareStack.use(wholeAnswers as never);
  if (limit !== undefined) client.middlewareStack.use(limit as never);
  return client;
}

export interface ClientOptions {
  /** the region of global services */
  readonly region: string;
  readonly credentials?: Credentials | undefined;
  readonly patience?: Patience | undefined;
  /** the timer of the rate limits; absent: the machine's clock */
  readonly timer?: Timer | undefined;
}

/** Clients for one account, which share its rate limits. */
export function clientsFor({ region, credentials, patience, timer }: ClientOptions): Clients {
  const limits = rateLimits(timer);
  const make = <Client extends AnyClient, Config extends object>(
    Make: new (config: Config) => Client,
    where: string,
  ): Client =>
    awsClient(Make, { region: where, ...(credentials && { credentials }) } as unknown as Config, {
      patience,
      limit: limits(where),
    });
  return {
    ec2: perRegion((where) => make(EC2Client, where)),
    ssm: perRegion((where) => make(SSMClient, where)),
    autoScaling: perRegion((where) => make(AutoScalingClient, where)),
    backup: perRegion((where) => make(BackupClient, where)),
    cloudFormation: perRegion((where) => make(CloudFormationClient, where)),
    codeBuild: perRegion((where) => make(CodeBuildClient, where)),
    codeDeploy: perRegion((where) => make(CodeDeployClient, where)),
    codePipeline: perRegion((where) => make(CodePipelineClient, where)),
    ecs: perRegion((where) => make(ECSClient, where)),
    eks: perRegion((where) => make(EKSClient, where)),
    eventBridge: perRegion((where) => make(EventBridgeClient, where)),
    lambda: perRegion((where) => make(LambdaClient, where)),
    sfn: perRegion((where) => make(SFNClient, where)),
    ssoAdmin: perRegion((where) => make(SSOAdminClient, where)),
    identityStore: perRegion((where) => make(IdentitystoreClient, where)),
    iam: make(IAMClient, region),
    organizations: make(OrganizationsClient, region),
    sts: make(STSClient, region),
  };
}

function perRegion<Client>(make: (region: string) => Client): (region: string) => Client {
  const made = new Map<string, Client>();
  return (region) => {
    return remembered(made, region, () => make(region));
  };
}
