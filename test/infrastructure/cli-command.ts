import { botocoreModel } from './botocore-model.ts';

/** Options of the CLI itself. */
const OF_THE_CLI = ['region', 'query', 'output'];
/** Services that the CLI calls otherwise than botocore. */
const RENAMED: Readonly<Record<string, string>> = { deploy: 'codedeploy' };
/** The CLI writes `start-execution` and `--state-machine-arn` for `StartExecution` and `stateMachineArn`. */
const plain = (name: string): string => name.replaceAll('-', '').toLowerCase();

/** Compares a line `aws SERVICE OPERATION [OPTION...]` with botocore's models: the operation, its options, what it needs. */
export async function problemsOfCommand(packages: string, line: string): Promise<readonly string[]> {
  const [, service = '', operation = ''] = line.split(' ');
  const model = await botocoreModel(packages, RENAMED[service] ?? service);
  const [, found] = Object.entries(model.operations).find(([name]) => plain(name) === plain(operation)) ?? [];
  if (found === undefined) return [`there is no operation \`${operation}\``];
  const { members = {}, required = [] } = model.shapes[found.input?.shape ?? ''] ?? {};
  const known = [...OF_THE_CLI, ...Object.keys(members).map(plain)];
  const options = [...line.matchAll(/ --([a-z-]+)/g)].map(([, name = '']) => plain(name));
  return [
    ...options.filter((name) => !known.includes(name)).map((name) => `\`${name}\` is no option`),
    ...required.filter((name) => !options.includes(plain(name))).map((name) => `\`${name}\` is missing`),
  ];
}
