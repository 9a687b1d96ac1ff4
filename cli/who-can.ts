import { type Command, Option } from 'commander';
import { gapsIn } from '../lib/matrix/answers/coverage-gaps.ts';
import { asksSnapshot, type CellFilter } from '../lib/matrix/answers/find-groups.ts';
import { cellsOf } from '../lib/matrix/answers/list-cells.ts';
import type { Cell, PathId, Verdict } from '../lib/matrix/paths/cell.ts';
import type { Audit } from '../lib/pipeline/load.ts';
import { didYouMean } from '../lib/policy/nearest.ts';
import { InputError } from '../lib/ports/input-error.ts';
import { cellCsvLines } from '../lib/render/csv.ts';
import { GROUPINGS, type Grouping, groupedBy } from '../lib/render/grouped.ts';
import { waysIn } from '../lib/render/ways-in.ts';
import { instancesOf } from '../lib/snapshot/instances-of.ts';
import { cellTable } from './cell-table.ts';
import { gapText } from './gap-text.ts';
import { groupedCsvLines, groupedTable } from './grouped-table.ts';
import { heldByLines } from './held-by-lines.ts';
import { inOption, LATEST_ANSWERS } from './in-option.ts';
import { oneLine } from './messages.ts';
import { resolvePaths } from './names.ts';
import { openNamed } from './open-named.ts';
import { saidWhenBlind } from './open-run.ts';
import { outputWidth, writeJsonArray, writeOut, writeTexts } from './output.ts';

interface WhoCanOptions {
  readonly in: string;
  readonly instance?: string;
  readonly principal?: string;
  readonly path?: string;
  readonly tag?: readonly string[];
  readonly region?: string;
  readonly verdict?: Verdict;
  readonly people?: true;
  readonly reachable?: true;
  readonly groupBy?: Grouping;
  readonly csv?: true;
  readonly json?: true;
}

const VERDICTS = ['allowed', 'conditional', 'unknown'] satisfies readonly Verdict[];

export function define(command: Command): void {
  command
    .addOption(inOption(LATEST_ANSWERS))
    .option('--instance <name>', 'only this instance: its id, as `i-0123456789abcdef0`, or its Name tag')
    .option(
      '--principal <name>',
      'only this user, role, permission set, person or group of Identity Center, or outside account: ARN, `user/alice` or `alice`',
    )
    .option(
      '--path <list>',
      'only this access path, as `session-manager`, or several; or a group, as `shell`',
    )
    .option('--tag <key=value...>', 'only on instances with this tag; repeated: with all of them')
    .option('--region <name>', 'only on instances of this region')
    .addOption(new Option('--verdict <verdict>', 'only ways in with this verdict').choices(VERDICTS))
    .option('--people', 'only people: no machines, no roles of AWS, no outsiders')
    .option('--reachable', 'leave out ways in that would not work now; unknown ones stay')
    .addOption(
      new Option('--group-by <what>', 'count the ways in by principal, instance or cause').choices(GROUPINGS),
    )
    .option('--csv', 'print the ways in as CSV')
    .option('--json', 'print the ways in as a JSON array')
    .addHelpText(
      'after',
      `
Examples:
  $ latchkey who-can --in out/acme
  $ latchkey who-can --in out/acme --instance web-1 --path shell
  $ latchkey who-can --in out/acme --path root --tag Environment=production \\
      --group-by principal
  $ latchkey who-can --in out/acme --principal user/alice --json

Exit codes: 0 done, also when nobody can; 2 bad usage or bad input; 3 nothing was audited.`,
    )
    .action(whoCan);
}

async function whoCan(options: WhoCanOptions): Promise<void> {
  if (options.csv && options.json) throw new InputError('`--csv` and `--json` exclude each other');
  const rest = filterOf(options);
  // the first rows of a matrix may all belong to others
  const isAll = options.json || options.csv || options.groupBy || asksSnapshot(rest);
  const { audit, check } = await openNamed(options.in, options, rest, isAll ? undefined : mostRows + 1);
  const isBlind = saidWhenBlind(audit);
  const { filter } = audit;
  const areAll = areCollected(audit, filter);
  // for a blind audit it is not known which names exist
  if (!isBlind) {
    check(audit.matrix.takenAt);
    mustHaveInstances(audit, filter);
  }
  const isEmpty = options.groupBy
    ? await writeGroups(options.groupBy, audit, options)
    : await writeCells(audit, options);
  // `nobody can` would be wrong if something was not collected
  if (isEmpty && areAll && !options.json && !options.csv) await writeOut(nobodyText(options, filter));
}

/** The filter besides names. Throws an InputError if a value is invalid. */
function filterOf({ path, tag, region, verdict, people, reachable }: WhoCanOptions): CellFilter {
  return {
    ...(path !== undefined && { path: onlyOne(resolvePaths(path)) }),
    ...(tag !== undefined && { tags: tag.map(tagOf) }),
    ...(region !== undefined && { region }),
    ...(verdict !== undefined && { verdict }),
    ...(people && { people }),
    ...(reachable && { reachable }),
  };
}

const onlyOne = (paths: readonly PathId[]): PathId | readonly PathId[] =>
  paths.length === 1 ? (paths[0] as PathId) : paths;

function tagOf(text: string): { readonly key: string; readonly value: string } {
  const at = text.indexOf('=');
  if (at < 1) throw new InputError(`--tag: \`${text}\` is no tag: write it as \`env=production\``);
  return { key: text.slice(0, at), value: text.slice(at + 1) };
}

/** A mistyped tag or region must not look as if nobody had access. Throws an InputError. */
function mustHaveInstances({ snapshot }: Audit, { tags = [], region }: CellFilter): void {
  const regions = snapshot.regions.map((one) => one.region);
  if (region !== undefined && !regions.includes(region)) {
    throw new InputError(
      `--region: this audit has no region \`${region}\`${didYouMean(region, regions)}: it has ${regions.join(', ') || 'none'}`,
    );
  }
  if (tags.length === 0) return;
  const all = instancesOf(snapshot).map((instance) =>
    instance.tags.map(({ key, value }) => `${key}=${value}`),
  );
  for (const { key, value } of tags) {
    const tag = `${key}=${value}`;
    if (all.some((some) => some.includes(tag))) continue;
    const known = new Set(all.flat());
    throw new InputError(
      `--tag: no instance of this audit has the tag \`${tag}\`${didYouMean(tag, known)}: tags are case-sensitive`,
    );
  }
}

/** Cells that were not looked for would seem denied, so the user is warned. */
function areCollected({ snapshot, matrix }: Audit, filter: CellFilter): boolean {
  const gaps = gapsIn(snapshot, matrix, filter);
  for (const gap of gaps)
    process.stderr.write(`${oneLine(`${gapText(gap)}: there may be more than this audit says`)}\n`);
  return gaps.length === 0;
}

/** More rows than a person reads; JSON has all. */
const mostRows = 5000;

/** True if there were none. */
async function writeCells(audit: Audit & { readonly filter: CellFilter }, options: WhoCanOptions) {
  const details = options.json ? ({ removable: true } as const) : {};
  const all = cellsOf(audit.matrix, audit.snapshot, audit.filter, details);
  if (options.json) await writeJsonArray(all);
  else if (options.csv) await writeTexts(cellCsvLines(all, audit.matrix));
  else return writeTable(all, audit);
  return false;
}

async function writeTable(all: Generator<Cell>, audit: Audit): Promise<boolean> {
  const cells = [...all.take(mostRows + 1)];
  if (cells.length === 0) return true;
  await writeOut(cellTable(cells.slice(0, mostRows), audit.matrix, outputWidth()));
  await writeOut(heldByLines(cells, outputWidth()));
  if (cells.length > mostRows) {
    process.stderr.write(
      `these are the first ${waysIn(mostRows)}: narrow them with \`--instance\`, \`--principal\` or \`--path\`, count them with \`--group-by\`, or take all with \`--json\`\n`,
    );
  }
  return false;
}

async function writeGroups(
  grouping: Grouping,
  audit: Audit & { readonly filter: CellFilter },
  options: WhoCanOptions,
): Promise<boolean> {
  const rows = groupedBy(grouping, audit, audit.filter);
  if (options.json) await writeJsonArray(rows);
  else if (options.csv) await writeTexts(groupedCsvLines(rows));
  else if (rows.length > 0) {
    const shown = rows.slice(0, mostRows);
    await writeOut(groupedTable(shown, audit.matrix, outputWidth()));
    await writeOut(heldByLines(shown, outputWidth()));
  }
  if (rows.length > mostRows && !options.json && !options.csv)
    process.stderr.write(`these are the first ${mostRows} rows: take all with \`--json\`\n`);
  return rows.length === 0;
}

/** Says it only about the principal and instance asked for. */
function nobodyText(options: WhoCanOptions, { principal, instance }: CellFilter): string {
  const who = whoHasNone(principal === undefined ? undefined : oneLine(principal), options.people === true);
  const what = instance === undefined ? 'any instance' : oneLine(instance);
  const how = options.path === undefined ? 'any path' : oneLine(options.path);
  const limits = [
    ...(options.tag ?? []).map((tag) => `with the tag ${tag}`),
    ...(options.region === undefined ? [] : [`in ${options.region}`]),
    ...(options.verdict === undefined ? [] : [`with the verdict ${options.verdict}`]),
    ...(options.reachable ? ['that would work now'] : []),
  ];
  return `${[`${who} get onto ${what} by ${how}`, ...limits.map(oneLine)].join(', ')}\n`;
}

/** If only people are asked for, a machine is not said to have no access. */
function whoHasNone(principal: string | undefined, people: boolean): string {
  if (people) return principal === undefined ? 'no person can' : `no person ${principal} can`;
  return principal === undefined ? 'nobody can' : `${principal} cannot`;
}
