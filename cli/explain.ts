import type { Command } from 'commander';
import { explainCell, type NoCell } from '../lib/matrix/answers/explain.ts';
import type { PathId } from '../lib/matrix/paths/cell.ts';
import type { Audit } from '../lib/pipeline/load.ts';
import { InputError } from '../lib/ports/input-error.ts';
import { jsonText } from '../lib/snapshot/json-text.ts';
import { explanationText } from './explanation-text.ts';
import { oneLine } from './messages.ts';
import { didYouMean } from './nearest.ts';
import { openForCells, saidWhenBlind } from './open-run.ts';
import { outputWidth, writeOut } from './output.ts';
import { pathId } from './path-id.ts';

interface ExplainOptions {
  readonly in: string;
  readonly principal: string;
  readonly instance: string;
  readonly path: string;
  readonly json?: true;
  readonly full?: true;
}

export function define(command: Command): void {
  command
    .requiredOption('--in <dir>', 'the folder that `scan --out` wrote; its latest run answers')
    .requiredOption('--principal <arn>', 'a user, a role or an outside account')
    .requiredOption('--instance <id>', 'an instance, as `i-0123456789abcdef0`')
    .requiredOption('--path <id>', 'an access path, as `session-manager`')
    .option('--full', 'every layer with every statement, and every way in by itself')
    .option('--json', 'print the explanation as JSON')
    .addHelpText(
      'after',
      `
Example:
  $ latchkey explain --in out/acme --principal arn:aws:iam::111122223333:user/alice \\
      --instance i-0123456789abcdef0 --path session-manager

Exit codes: 0 not denied, 1 denied, 2 bad usage or bad input, 3 nothing was audited.`,
    )
    .action(explain);
}

async function explain(options: ExplainOptions): Promise<void> {
  const path = pathId(options.path);
  const name = { principal: options.principal, instance: options.instance, path };
  const audit = await openForCells('--in', options.in, name);
  const isBlind = saidWhenBlind(audit);
  const explained = explainCell(audit.snapshot, name, {}, audit.matrix);
  // nobody can say whether the cell that is asked for is there
  if ('error' in explained && isBlind) return;
  if ('error' in explained) return noCell(explained, options, path, audit);
  if (explained.verdict === 'denied' && !isBlind) process.exitCode = 1;
  await writeOut(
    options.json
      ? `${jsonText(explained)}\n`
      : explanationText(explained, audit.snapshot, { width: outputWidth(), full: options.full === true }),
  );
}

/** A word that is not known is bad input; a path that cannot apply is the answer no. */
async function noCell(
  { error }: NoCell,
  options: ExplainOptions,
  path: PathId,
  { matrix }: Audit,
): Promise<void> {
  const { principal, instance } = options;
  if (error === 'principal')
    throw unknown(
      'principal',
      principal,
      matrix.principals.map(({ arn }) => arn),
    );
  if (error === 'instance')
    throw unknown(
      'instance',
      instance,
      matrix.instances.map(({ id }) => id),
    );
  if (error === 'path')
    throw new InputError(`--path: this audit does not judge \`${path}\`: name another path`);
  if (error === 'endpoints not collected')
    throw new InputError(
      `--path: whether \`${path}\` applies is not known: \`ec2.describe-instance-connect-endpoints\` was not collected: collect it, and scan again`,
    );
  process.exitCode = 1;
  const answer = { principal, instance, path, verdict: 'denied', applicable: false };
  await writeOut(
    options.json
      ? `${jsonText(answer)}\n`
      : `${path} cannot apply to ${oneLine(instance)}: nobody can get onto it that way\n`,
  );
}

const unknown = (kind: 'principal' | 'instance', name: string, known: readonly string[]): InputError =>
  new InputError(
    `--${kind}: this audit has no ${kind} \`${name}\`${didYouMean(name, known)}: \`latchkey who-can\` lists them`,
  );
