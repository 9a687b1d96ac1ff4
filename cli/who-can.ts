import type { Command } from 'commander';
import { gapsIn } from '../lib/matrix/answers/coverage-gaps.ts';
import type { CellFilter } from '../lib/matrix/answers/find-groups.ts';
import { cellsOf } from '../lib/matrix/answers/list-cells.ts';
import type { Cell, PathId } from '../lib/matrix/paths/cell.ts';
import type { Audit } from '../lib/pipeline/load.ts';
import { InputError } from '../lib/ports/input-error.ts';
import { cellTable } from './cell-table.ts';
import { oneLine } from './messages.ts';
import { didYouMean } from './nearest.ts';
import { openForCells, saidWhenBlind } from './open-run.ts';
import { outputWidth, writeJsonArray, writeOut } from './output.ts';
import { pathId } from './path-id.ts';

interface WhoCanOptions {
  readonly in: string;
  readonly instance?: string;
  readonly principal?: string;
  readonly path?: string;
  readonly people?: true;
  readonly json?: true;
}

export function define(command: Command): void {
  command
    .requiredOption('--in <dir>', 'the folder that `scan --out` wrote; its latest run answers')
    .option('--instance <id>', 'only this instance, as `i-0123456789abcdef0`')
    .option('--principal <arn>', 'only this user, role or outside account')
    .option('--path <id>', 'only this access path, as `session-manager`')
    .option('--people', 'only people: no machines, no roles of AWS, nobody from outside')
    .option('--json', 'print the cells as a JSON array')
    .addHelpText(
      'after',
      `
Examples:
  $ latchkey who-can --in out/acme
  $ latchkey who-can --in out/acme --instance i-0123456789abcdef0 --path session-manager
  $ latchkey who-can --in out/acme --people
  $ latchkey who-can --in out/acme --principal arn:aws:iam::111122223333:user/alice --json

Exit codes: 0 done, also when nobody can; 2 bad usage or bad input; 3 nothing was audited.`,
    )
    .action(whoCan);
}

async function whoCan(options: WhoCanOptions): Promise<void> {
  const path = options.path === undefined ? undefined : pathId(options.path);
  const filter = {
    ...(options.principal !== undefined && { principal: options.principal }),
    ...(options.instance !== undefined && { instance: options.instance }),
    ...(path !== undefined && { path }),
    ...(options.people && { people: options.people }),
  };
  // the first rows of a matrix may all be of machines
  const most = options.json || options.people ? undefined : mostRows + 1;
  const audit = await openForCells('--in', options.in, filter, most);
  const isBlind = saidWhenBlind(audit);
  const areAll = areCollected(audit, filter);
  // of a blind audit nobody can say what it should have
  if (!isBlind) mustBeKnown(options, audit);
  const cells = cellsOf(audit.matrix, audit.snapshot, filter);
  if (options.json) await writeJsonArray(cells);
  else await writeTable(cells, audit, options, path, areAll);
}

/** A mistyped name must not look like an empty answer. Throws an InputError. */
function mustBeKnown(options: WhoCanOptions, { matrix }: Audit): void {
  const principals = matrix.principals.map(({ arn }) => arn);
  const instances = matrix.instances.map(({ id }) => id);
  const asked = [
    ['principal', options.principal, principals],
    ['instance', options.instance, instances],
  ] as const;
  for (const [kind, name, known] of asked) {
    if (name === undefined || known.includes(name)) continue;
    throw new InputError(
      `--${kind}: no ${kind} \`${name}\` in this audit${didYouMean(name, known)}: check the name, or scan again if it is newer than ${matrix.takenAt}`,
    );
  }
}

/** Cells that nobody looked for would look as if they were denied: the reader is told. */
function areCollected({ snapshot, matrix }: Audit, filter: CellFilter): boolean {
  const gaps = gapsIn(snapshot, matrix, filter);
  for (const { call, region, detail } of gaps) {
    const where = region === null ? '' : ` in ${region}`;
    const why = detail === '' ? '' : ` (${detail})`;
    process.stderr.write(
      `${oneLine(`\`${call}\`${where} was not collected${why}: there may be more than this audit says`)}\n`,
    );
  }
  return gaps.length === 0;
}

/** Rows that a person would still read; beyond them lies JSON. */
const mostRows = 5000;

async function writeTable(
  all: Generator<Cell>,
  audit: Audit,
  options: WhoCanOptions,
  path: PathId | undefined,
  areAll: boolean,
): Promise<void> {
  const cells = [...all.take(mostRows + 1)];
  if (cells.length > 0) {
    await writeOut(cellTable(cells.slice(0, mostRows), audit.matrix, outputWidth()));
    if (cells.length > mostRows) {
      process.stderr.write(
        `these are the first ${mostRows} cells: narrow them with \`--instance\`, \`--principal\` or \`--path\`, or take all with \`--json\`\n`,
      );
    }
    return;
  }
  // `nobody can` would be wrong of what was not looked at
  if (!areAll) return;
  const principal = options.principal === undefined ? undefined : oneLine(options.principal);
  const who = whoHasNone(principal, options.people === true);
  const what = options.instance === undefined ? 'any instance' : oneLine(options.instance);
  const how = path === undefined ? 'any path' : path;
  await writeOut(`${who} get onto ${what} by ${how}\n`);
}

/** A machine that is asked for among people is not said to hold nothing. */
function whoHasNone(principal: string | undefined, people: boolean): string {
  if (people) return principal === undefined ? 'no person can' : `no person ${principal} can`;
  return principal === undefined ? 'nobody can' : `${principal} cannot`;
}
