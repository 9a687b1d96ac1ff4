import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { failureOf } from '../tools/run-steps.ts';
import { type Bench, countOption } from './bench.ts';
import { median } from './median.ts';
import { readZip } from './zip.ts';

const ROOT = path.join(import.meta.dirname, '..');
const PACKAGE = path.join(ROOT, '.serverless');
const MAX_KILOBYTES = 1000;
const MAX_IMPORT_MS = 300;

interface LambdaFunction {
  readonly name: string;
  readonly handler: string;
  readonly archive: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** The bundles that `serverless package` would upload: the size of each, and its import in its own process. */
export const bundlesBench: Bench = {
  name: 'bundles',
  summary: 'the size of each function and the time to import it',
  options: [
    { flags: '--runs <count>', description: 'number of imports of each', fallback: '5' },
    { flags: '--reuse <yes|no>', description: 'measure the existing package', fallback: 'no' },
  ],
  async run(options) {
    const runs = countOption(options, 'runs');
    if (options.reuse !== 'yes') await packageService();
    const functions = [];
    for (const lambda of await packagedFunctions()) functions.push(await measure(lambda, runs));
    return {
      node: process.version,
      limits: { kilobytes: MAX_KILOBYTES, importMs: MAX_IMPORT_MS },
      withinLimits: functions.every(
        ({ kilobytes, medianImportMs }) => kilobytes <= MAX_KILOBYTES && medianImportMs <= MAX_IMPORT_MS,
      ),
      functions,
    };
  },
};

async function packageService(): Promise<void> {
  const failure = await failureOf({
    name: 'package',
    command: [process.execPath, 'tools/package.ts'],
    seconds: 600,
    toStderr: true,
  });
  if (failure !== null) throw new Error(`\`npm run package\` failed: ${failure}`);
}

/** The part of a Lambda function in the packaged template that is used here. */
interface FunctionResource {
  readonly Type: string;
  readonly Properties: {
    readonly Handler: string;
    readonly Code: { readonly S3Key: string };
    readonly Environment?: { readonly Variables: Readonly<Record<string, unknown>> };
  };
}

interface Template {
  readonly Parameters?: Readonly<Record<string, { readonly Default?: string }>>;
  readonly Resources: Readonly<Record<string, FunctionResource>>;
}

/** From the template itself, so that the measured bundles are those that would be deployed. */
async function packagedFunctions(): Promise<readonly LambdaFunction[]> {
  const file = path.join(PACKAGE, 'cloudformation-template-update-stack.json');
  const template: Template = JSON.parse(await readFile(file, 'utf8'));
  return Object.values(template.Resources)
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Properties: { Handler, Code, Environment } }) => ({
      name: path.basename(Code.S3Key, '.zip'),
      handler: Handler,
      archive: path.join(PACKAGE, path.basename(Code.S3Key)),
      environment: Object.fromEntries(
        Object.entries(Environment?.Variables ?? {}).map(([key, value]) => [key, settled(value, template)]),
      ),
    }));
}

/**
 * A function reads its settings at import: values that only a deployment has are replaced by texts of the right form.
 */
function settled(value: unknown, { Parameters = {} }: Template): string {
  if (typeof value === 'string') return value;
  const ref = (value as { readonly Ref?: string } | null)?.Ref;
  if (ref === 'AWS::AccountId') return '111122223333';
  return (ref === undefined ? undefined : Parameters[ref]?.Default) ?? 'known-once-deployed';
}

async function measure(lambda: LambdaFunction, runs: number) {
  const folder = await mkdtemp(path.join(tmpdir(), 'latchkey-bundle-'));
  try {
    const entries = readZip(await readFile(lambda.archive));
    for (const { name, data } of entries) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), data);
    }
    const module = lambda.handler.replace(/\.[^./]+$/, '');
    const bundle = entries.find(({ name }) => /\.m?js$/.test(name) && name.replace(/\.m?js$/, '') === module);
    if (bundle === undefined) throw new Error(`\`${lambda.archive}\` holds no module \`${module}\``);
    const times: number[] = [];
    for (let run = 0; run < runs; run++) {
      times.push(await importMs(path.join(folder, bundle.name), lambda.environment));
    }
    return {
      name: lambda.name,
      kilobytes: Math.ceil(bundle.data.length / 1000),
      minImportMs: Math.round(Math.min(...times)),
      medianImportMs: Math.round(median(times)),
      maxImportMs: Math.round(Math.max(...times)),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Outside the checkout, so that a package that is missing from the bundle is missing here as in Lambda. */
async function importMs(file: string, environment: Readonly<Record<string, string>>): Promise<number> {
  const code = `const start = performance.now();
    await import(${JSON.stringify(pathToFileURL(file).href)});
    console.log('import-ms ' + (performance.now() - start));
    process.exit(0);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], {
    env: { PATH: process.env.PATH, AWS_REGION: 'us-east-1', ...environment },
  });
  return Number(/^import-ms (.*)$/m.exec(stdout)?.[1]);
}
