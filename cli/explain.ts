import type { Command } from 'commander';
import {
  type CellExplanation,
  type CellName,
  explainCell,
  type NoCell,
} from '../lib/matrix/answers/explain.ts';
import type { PathRow } from '../lib/matrix/paths/access-path.ts';
import { ACCESS_PATHS } from '../lib/matrix/paths/access-paths.ts';
import type { PathId } from '../lib/matrix/paths/cell.ts';
import type { Audit } from '../lib/pipeline/load.ts';
import { InputError } from '../lib/ports/input-error.ts';
import { jsonText } from '../lib/snapshot/json-text.ts';
import { explanationText } from './explanation-text.ts';
import { inOption, LATEST_ANSWERS } from './in-option.ts';
import { oneLine } from './messages.ts';
import { resolvePaths } from './names.ts';
import { openNamed } from './open-named.ts';
import { saidWhenBlind } from './open-run.ts';
import { outputWidth, writeOut } from './output.ts';

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
    .addOption(inOption(LATEST_ANSWERS))
    .requiredOption(
      '--principal <name>',
      'a user, a role, a permission set, a person or group of Identity Center, or an outside account: ARN, `user/alice` or `alice`',
    )
    .requiredOption('--instance <name>', 'an instance: its id, as `i-0123456789abcdef0`, or its Name tag')
    .requiredOption(
      '--path <list>',
      'an access path, as `session-manager`, or several; or a group, as `shell`',
    )
    .option('--full', 'show every layer with every statement, and every alternative')
    .option('--json', 'print the explanation as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ latchkey explain --in out/acme --path ec2-instance-connect \\
      --principal arn:aws:iam::111122223333:user/alice \\
      --instance i-1234567890abcdef0
  $ latchkey explain --in out --principal alice --instance web-1 --path root

Several paths: exit code 1 if all of them are denied.

Exit codes: 0 not denied, 1 denied, 2 bad usage or bad input, 3 nothing was audited.`,
    )
    .action(explain);
}

async function explain(options: ExplainOptions): Promise<void> {
  const paths = resolvePaths(options.path);
  const { audit, check } = await openNamed(options.in, options, { path: paths });
  const isBlind = saidWhenBlind(audit);
  const { principal = '', instance = '' } = audit.filter;
  const answers = paths.map((path) => {
    const name = { principal, instance, path };
    return { name, explained: explainCell(audit.snapshot, name, audit.matrix) };
  });
  const isUnknown = answers.some(
    ({ explained }) => isNoCell(explained) && ['principal', 'instance'].includes(explained.error),
  );
  // for a blind audit it is not known whether the cell exists
  if (isUnknown && isBlind) return;
  if (isUnknown) check(audit.matrix.takenAt);
  const judged = answers.filter(({ name, explained }) => isJudged(name.path, explained, paths.length === 1));
  const isOpen = judged.some(({ explained }) => !isNoCell(explained) && explained.verdict !== 'denied');
  if (!isOpen && !isBlind) process.exitCode = 1;
  if (options.json) {
    const [first, ...others] = judged.map(({ name, explained }) =>
      isNoCell(explained) ? { ...name, verdict: 'denied', applicable: false } : explained,
    );
    await writeOut(
      `${jsonText(paths.length === 1 ? first : first === undefined ? [] : [first, ...others])}\n`,
    );
    return;
  }
  const texts = openFirst(judged).map((answer) => answerText(answer, audit, options, paths.length > 1));
  await writeOut(texts.join(paths.length > 1 ? '\n' : ''));
}

interface Answer {
  readonly name: CellName;
  readonly explained: CellExplanation | NoCell;
}

/** Open paths first, since they answer the question; denied ones follow. */
function openFirst(answers: readonly Answer[]): readonly Answer[] {
  const isOpen = ({ explained }: Answer): boolean => !isNoCell(explained) && explained.verdict !== 'denied';
  return [...answers.filter(isOpen), ...answers.filter((answer) => !isOpen(answer))];
}

const isNoCell = (explained: CellExplanation | NoCell): explained is NoCell => 'error' in explained;

/** False if it cannot be decided. Throws an InputError instead if nothing else is asked for. */
function isJudged(path: PathId, explained: CellExplanation | NoCell, isOnly: boolean): boolean {
  if (!isNoCell(explained) || explained.error === 'not applicable') return true;
  const why = `this audit does not judge \`${path}\`: name another path`;
  if (isOnly) throw new InputError(`--path: ${why}`);
  process.stderr.write(`${why}\n`);
  return false;
}

const LACKS: Readonly<Record<NonNullable<PathRow['applies']>, string>> = {
  'vpc-endpoint': 'there is no Instance Connect endpoint in its VPC',
  windows: 'it is not a Windows instance',
  linux: 'it is not a Linux instance',
};

function whyNotHere(path: PathId): string {
  const { applies } = ACCESS_PATHS.find(({ id }) => id === path) ?? {};
  return applies === undefined ? 'it lacks what the path needs' : LACKS[applies];
}

/** With several paths, denied ones are shown in short, unless `--full` is given. */
function answerText(
  { name, explained }: Answer,
  { snapshot }: Audit,
  options: ExplainOptions,
  isOneOfMany: boolean,
): string {
  if (isNoCell(explained))
    return `${name.path} cannot apply to ${oneLine(name.instance)}: ${whyNotHere(name.path)}, so nobody can get onto it that way\n`;
  const full = options.full === true;
  const text = explanationText(explained, snapshot, { width: outputWidth(), full });
  if (!isOneOfMany || full || explained.verdict !== 'denied') return text;
  const [head = ''] = text.split('\n\n');
  return `${head.trimEnd()}\n`;
}
