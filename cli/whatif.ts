import { readFile, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import { productionTest } from '../lib/findings/expected/production.ts';
import { type ChangedFile, ChangePlaces } from '../lib/pipeline/change-places.ts';
import { expectedOfRun } from '../lib/pipeline/expected-file.ts';
import { readAudit } from '../lib/pipeline/load.ts';
import { mustBeRegion } from '../lib/pipeline/named-regions.ts';
import { type PlannedAnswer, planned } from '../lib/pipeline/planned.ts';
import { readPlannedFile } from '../lib/pipeline/planned-file.ts';
import { plannedResults } from '../lib/pipeline/planned-results.ts';
import { InputError } from '../lib/ports/input-error.ts';
import { reachableText } from '../lib/render/path-facts.ts';
import { sarifLog } from '../lib/render/sarif.ts';
import { waysIn } from '../lib/render/ways-in.ts';
import type { Deployment } from '../lib/what-if/cloudformation/read-template.ts';
import type { StackOptions } from '../lib/what-if/cloudformation/stack.ts';
import { NotPossible } from '../lib/what-if/planned/draft.ts';
import { readChanges } from '../lib/what-if/planned/read-changes.ts';
import type { ReadPlan } from '../lib/what-if/planned/terraform-plan.ts';
import packageJson from '../package.json' with { type: 'json' };
import { driftTable } from './drift-table.ts';
import { codeOf } from './folders.ts';
import { inOption, LATEST_ANSWERS } from './in-option.ts';
import { oneLine } from './messages.ts';
import { openLatest, saidWhenBlind } from './open-run.ts';
import { outputWidth, writeOut } from './output.ts';

interface WhatIfOptions {
  readonly in: string;
  readonly change: readonly string[];
  readonly stack?: string;
  readonly region?: string;
  readonly parameter?: readonly string[];
  readonly failOn?: 'root' | 'shell' | 'any';
  readonly prod?: true;
  readonly json?: true;
  readonly sarif?: string;
}

export function define(command: Command): void {
  command
    .addOption(inOption(LATEST_ANSWERS))
    .requiredOption(
      '--change <file...>',
      'the planned changes: a list of changes, a CloudFormation template, or the output of `terraform show -json`; several files are applied together',
    )
    .option('--stack <name>', 'for a template: its stack')
    .option('--region <region>', 'for a template: where it is deployed')
    .option('--parameter <name=value...>', 'for a template: values of its parameters')
    .addOption(
      new Option('--fail-on <what>', 'exit with 1 if ways in of this kind would open').choices([
        'root',
        'shell',
        'any',
      ]),
    )
    .option('--prod', 'with `--fail-on`: only on instances that are tagged as production')
    .option('--json', 'print the answer as JSON')
    .option('--sarif <file>', 'write what would open and close as SARIF, for code hosts')
    .addHelpText(
      'after',
      `
Examples:
  $ latchkey whatif --in out/demo --change change.json
  $ latchkey whatif --in out --change stack.yml --stack web --parameter Team=ops
  $ terraform show -json plan | latchkey whatif --in out --change - \\
      --fail-on root --prod

Exit codes: 0 done; 1 \`--fail-on\` was met; 2 bad usage or bad input; 3 the audit is blind.`,
    )
    .action(whatIf);
}

async function whatIf(options: WhatIfOptions): Promise<void> {
  if (options.prod && !options.failOn) throw new InputError('`--prod` limits `--fail-on`: name both');
  const { store, run } = await openLatest('--in', options.in);
  const audit = await readAudit(store, '', run);
  if (saidWhenBlind(audit)) return;
  const deployment = {
    snapshot: audit.snapshot,
    options: stackOf(options),
    origins: new WeakMap<object, object>(),
    resourceOf: new WeakMap<object, string>(),
  };
  const plans = await Promise.all(options.change.map((file) => readPlan(file, deployment)));
  const answer = answerTo(
    audit,
    plans.flatMap(({ changes }) => changes),
    deployment.resourceOf,
  );
  const notJudged = [...plans.flatMap((plan) => plan.notJudged), ...answer.notJudged];
  if (options.sarif !== undefined) {
    const places = new ChangePlaces(plans, deployment.origins);
    const results = plannedResults(answer, audit.snapshot, places);
    const { version } = packageJson;
    await writeSarif(options.sarif, sarifLog(results, { version, notes: notJudged.map(oneLine) }));
  }
  const isProduction = productionTest(await expectedOfRun(store, run));
  const opens = (group: 'root' | 'shell' | 'any'): number =>
    answer.opens(group, options.prod ? isProduction : () => true);
  const opened = options.failOn ? opens(options.failOn) : 0;
  if (opened > 0) process.exitCode = 1;
  if (options.json) {
    const { drift, reachable } = answer;
    const counts = { root: opens('root'), shell: opens('shell'), any: opens('any') };
    await writeOut(`${JSON.stringify({ drift, reachable, opens: counts, notJudged }, null, 2)}\n`);
    return;
  }
  for (const one of notJudged) process.stderr.write(`not judged: ${oneLine(one)}\n`);
  await writeOut(plannedText(answer, notJudged.length > 0, outputWidth()));
  if (opened > 0) process.stderr.write(`this would open ${limitText(options)}: ${waysIn(opened)}\n`);
}

/** The limit of `--fail-on` and `--prod` in words. */
function limitText({ failOn, prod }: WhatIfOptions): string {
  const what = failOn === 'any' ? 'access' : `${failOn} access`;
  return prod ? `${what} to production` : what;
}

function answerTo(...asked: Parameters<typeof planned>): PlannedAnswer {
  try {
    return planned(...asked);
  } catch (error) {
    if (error instanceof NotPossible) throw new InputError(`--change: ${error.message}`);
    throw error;
  }
}

async function readPlan(file: string, deployment: Deployment): Promise<ReadPlan & ChangedFile> {
  const source = await readPlanned(file);
  const read = readPlannedFile(source);
  if ('problem' in read) throw notReadable(file, read);
  const plan = readChanges(read.value, deployment);
  if ('problem' in plan) throw notReadable(file, plan);
  return { ...plan, file, lineOf: read.lineOf };
}

const notReadable = (file: string, { problem }: { readonly problem: string }): InputError =>
  new InputError(`--change: \`${file}\`: ${problem}`);

const writeSarif = (file: string, log: object): Promise<void> =>
  writeFile(file, `${JSON.stringify(log, null, 2)}\n`).catch((error: unknown) => {
    throw new InputError(`--sarif: cannot write \`${file}\` (${codeOf(error)}): name a file in a folder`);
  });

const readPlanned = (file: string): Promise<string> =>
  file === '-'
    ? text(process.stdin)
    : readFile(file, 'utf8').catch((error: unknown) => {
        throw new InputError(`--change: cannot read \`${file}\` (${codeOf(error)}): name a file of changes`);
      });

/** The stack of templates, by `--stack`, `--region` and `--parameter`. */
function stackOf({ stack, region, parameter }: WhatIfOptions): StackOptions {
  if (region !== undefined) mustBeRegion(`--region: \`${region}\``, region);
  const pairs = (parameter ?? []).map((one) => {
    const at = one.indexOf('=');
    if (at < 1) throw new InputError(`--parameter: \`${one}\` is not NAME=VALUE`);
    return [one.slice(0, at), one.slice(at + 1)] as const;
  });
  return { name: stack ?? null, region: region ?? null, parameters: new Map(pairs) };
}

/** Instances and paths that a text lists; `--json` has all. */
const MOST_LINES = 50;

function plannedText({ drift, reachable }: PlannedAnswer, isPart: boolean, width: number): string {
  const lines = reachable
    .slice(0, MOST_LINES)
    .map(
      ({ instance, path, before, after }) =>
        `${instance} ${path}: ${reachableText(before)} before, ${reachableText(after)} after`,
    );
  const more = reachable.length - lines.length;
  return [
    drift.length === 0
      ? `${isPart ? 'of what is judged, ' : ''}nobody would gain or lose access\n`
      : driftTable(drift, width),
    ...(lines.length === 0 ? [] : [`\nreachable\n${lines.map((line) => `  ${line}\n`).join('')}`]),
    ...(more > 0 ? [`  and ${more} more: take all with \`--json\`\n`] : []),
  ].join('');
}
