import {
  CloudFormationClient,
  type CloudFormationClientConfig,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';

/** What this plugin uses of the Serverless Framework. */
interface Serverless {
  readonly service: {
    readonly provider: {
      readonly compiledCloudFormationTemplate?: { readonly Parameters?: Readonly<Record<string, unknown>> };
      stackParameters?: readonly StackParameter[];
    };
  };
  getProvider(name: 'aws'): {
    readonly naming: { getStackName(): string };
    getAwsSdkV3Config(): Promise<CloudFormationClientConfig>;
  };
}

interface Options {
  readonly param?: readonly string[];
  force?: boolean;
}

type StackParameter =
  | { readonly ParameterKey: string; readonly ParameterValue: string }
  | { readonly ParameterKey: string; readonly UsePreviousValue: true };

/** `--param` of ours that is no parameter of the stack. */
const NOT_OF_THE_STACK: ReadonlySet<string> = new Set(['DeploymentBucket']);

/** The value that gives a parameter its default back. */
const DEFAULT = 'default';

/**
 * `serverless deploy --param="MailFrom=..."` sets the CloudFormation parameter of the same name, and whatever is not named
 * keeps its value. They go with the whole template only: the first template, which makes the deployment bucket, has none
 * and would be refused with them. They come after packaging, so that the state that is uploaded does not hold the
 * external id.
 */
export default class StackParameters {
  readonly hooks: Readonly<Record<string, () => void | Promise<void>>>;

  constructor(serverless: Serverless, options: Options) {
    const given = parameterOptions(options.param ?? []);
    // looked up each time: deploying puts what was packaged in its place
    const known = () =>
      Object.keys(serverless.service.provider.compiledCloudFormationTemplate?.Parameters ?? {});
    this.hooks = {
      'before:deploy:deploy': () => {
        refuseUnknown(given, known());
        // where only parameters change the packaged files are the same, and would not be deployed
        if (given.size > 0) options.force = true;
      },
      'before:aws:deploy:deploy:updateStack': async () => {
        const previous = await deployedParameters(serverless);
        serverless.service.provider.stackParameters = stackParameters(known(), given, previous);
      },
    };
  }
}

function parameterOptions(options: readonly string[]): ReadonlyMap<string, string> {
  const pairs = options.map((option) => option.split(/=(.*)/s, 2) as [string, string?]);
  return new Map(
    pairs.flatMap(([name, value = '']) => (NOT_OF_THE_STACK.has(name) ? [] : [[name, value] as const])),
  );
}

function refuseUnknown(given: ReadonlyMap<string, string>, known: readonly string[]): void {
  const unknown = [...given.keys()].find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const names = [...known, ...NOT_OF_THE_STACK].sort().join(', ');
  throw new Error(`--param: \`${unknown}\` is not a parameter: use one of ${names}`);
}

/**
 * Those that are named, with their values; of the others those that the deployed stack has, to stay as they are. What is
 * in neither has its default.
 */
function stackParameters(
  known: readonly string[],
  given: ReadonlyMap<string, string>,
  previous: ReadonlySet<string>,
): readonly StackParameter[] {
  return known.flatMap((ParameterKey): StackParameter[] => {
    const ParameterValue = given.get(ParameterKey);
    if (ParameterValue === DEFAULT) return [];
    if (ParameterValue !== undefined) return [{ ParameterKey, ParameterValue }];
    return previous.has(ParameterKey) ? [{ ParameterKey, UsePreviousValue: true }] : [];
  });
}

/** Names of the parameters that the stack has now; none where there is no stack yet. */
async function deployedParameters(serverless: Serverless): Promise<ReadonlySet<string>> {
  const aws = serverless.getProvider('aws');
  const client = new CloudFormationClient(await aws.getAwsSdkV3Config());
  try {
    const { Stacks: [stack] = [] } = await client.send(
      new DescribeStacksCommand({ StackName: aws.naming.getStackName() }),
    );
    return new Set((stack?.Parameters ?? []).flatMap(({ ParameterKey }) => ParameterKey ?? []));
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) return new Set();
    throw error;
  }
}
