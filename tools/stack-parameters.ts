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
      stackTags?: Tags;
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

type Tags = Readonly<Record<string, string>>;

/** The tags of the stack, which CloudFormation gives to its resources: `team=security,env=prod`. */
const STACK_TAGS = 'StackTags';

/** Our own `--param` names that are not parameters of the stack. */
const NOT_OF_THE_STACK: ReadonlySet<string> = new Set(['DeploymentBucket', STACK_TAGS]);

/** The value that resets a parameter to its default. */
const DEFAULT = 'default';

/**
 * `serverless deploy --param="MailFrom=..."` sets the CloudFormation parameter of the same name; parameters that are
 * not named keep their values. They are sent only with the whole template: the first template, which creates the
 * deployment bucket, has none and would be rejected with them. They are added after packaging, so that the uploaded
 * state does not contain the external id. The framework sends the tags of the stack with each template, and
 * CloudFormation removes tags that are not sent. So without `StackTags` the current tags are sent again.
 */
export default class StackParameters {
  readonly hooks: Readonly<Record<string, () => void | Promise<void>>>;

  constructor(serverless: Serverless, options: Options) {
    const given = parameterOptions(options.param ?? []);
    const tags = tagsOption(options.param ?? []);
    // read each time: deploying replaces the template with the packaged one
    const known = () =>
      Object.keys(serverless.service.provider.compiledCloudFormationTemplate?.Parameters ?? {});
    this.hooks = {
      'before:deploy:deploy': () => {
        refuseUnknown(given, known());
        // if only parameters change, the packaged files are the same and would not be deployed
        if (given.size > 0 || tags !== null) options.force = true;
        // the first template creates a bucket, which has the tags as well
        if (tags !== null) serverless.service.provider.stackTags = tags;
      },
      'before:aws:deploy:deploy:updateStack': async () => {
        const previous = await deployedStack(serverless);
        // read now: the framework replaces it when it has read its settings
        const { provider } = serverless.service;
        provider.stackParameters = stackParameters(known(), given, previous.parameters);
        provider.stackTags = tags ?? previous.tags;
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

/** Null: not named. A tag without a value has an empty one. */
function tagsOption(options: readonly string[]): Tags | null {
  const [, named] =
    options.map((option) => option.split(/=(.*)/s, 2)).findLast(([name]) => name === STACK_TAGS) ?? [];
  if (named === undefined) return null;
  const pairs = named === DEFAULT ? [] : named.split(',').filter((pair) => pair.trim() !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const [key = '', value = ''] = pair.trim().split(/=(.*)/s, 2);
      if (key === '')
        throw new Error(`--param: \`${pair}\` of \`${STACK_TAGS}\` has no key: write \`KEY=VALUE\``);
      return [key, value];
    }),
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

interface DeployedStack {
  /** names */
  readonly parameters: ReadonlySet<string>;
  readonly tags: Tags;
}

/** The deployed stack; empty if there is none yet. */
async function deployedStack(serverless: Serverless): Promise<DeployedStack> {
  const aws = serverless.getProvider('aws');
  const client = new CloudFormationClient(await aws.getAwsSdkV3Config());
  try {
    const { Stacks: [stack] = [] } = await client.send(
      new DescribeStacksCommand({ StackName: aws.naming.getStackName() }),
    );
    return {
      parameters: new Set((stack?.Parameters ?? []).flatMap(({ ParameterKey }) => ParameterKey ?? [])),
      tags: Object.fromEntries(
        (stack?.Tags ?? []).flatMap(({ Key = '', Value = '' }) =>
          Key.startsWith('aws:') ? [] : [[Key, Value]],
        ),
      ),
    };
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message))
      return { parameters: new Set(), tags: {} };
    throw error;
  }
}
