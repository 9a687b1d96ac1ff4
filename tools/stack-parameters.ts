import {
  CloudFormationClient,
  type CloudFormationClientConfig,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';

/** The part of the Serverless Framework that this plugin uses. */
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

/** Our own `--param` names that are not parameters of the stack. */
const NOT_OF_THE_STACK: ReadonlySet<string> = new Set(['DeploymentBucket']);

/** The value that resets a parameter to its default. */
const DEFAULT = 'default';

/**
 * `serverless deploy --param="MailFrom=..."` sets the CloudFormation parameter of the same name; parameters that are
 * not named keep their values. They are sent only with the whole template: the first template, which creates the
 * deployment bucket, has none and would be rejected with them. They are added after packaging, so that the uploaded
 * state does not contain the external id.
 */
export default class StackParameters {
  readonly hooks: Readonly<Record<string, () => void | Promise<void>>>;

  constructor(serverless: Serverless, options: Options) {
    const given = parameterOptions(options.param ?? []);
    // read each time: deploying replaces the template with the packaged one
    const known = () =>
      Object.keys(serverless.service.provider.compiledCloudFormationTemplate?.Parameters ?? {});
    this.hooks = {
      'before:deploy:deploy': () => {
        refuseUnknown(given, known());
        // if only parameters change, the packaged files are the same and would not be deployed
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
 * The named parameters with their values; the others keep the value of the deployed stack. A parameter in neither has
 * its default.
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

/** Names of the parameters of the deployed stack; empty if there is no stack yet. */
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
