import { access } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { type Command, Option } from 'commander';
import { OrganizationBorders } from '../lib/across/organization-borders.ts';
import { overwriteFile } from '../lib/adapters/local/folder-file.ts';
import { runFolder } from '../lib/pipeline/keys.ts';
import { readAudit, readFindings } from '../lib/pipeline/load.ts';
import { readRunRecord } from '../lib/pipeline/run-record.ts';
import { count, shortList } from '../lib/policy/counted.ts';
import { InputError } from '../lib/ports/input-error.ts';
import { kindsText } from '../lib/render/kind-counts.ts';
import { shortTime } from '../lib/render/names.ts';
import { type OrgAccount, type OrgIndex, OrgIndexer } from '../lib/render/org/org-index.ts';
import { findingsText, orgPage } from '../lib/render/org/org-page.ts';
import { orgPart } from '../lib/render/org/org-part.ts';
import { orgReach } from '../lib/render/org/org-reach.ts';
import type { OwnBorder } from '../lib/render/org/principal-reach.ts';
import { jsonText } from '../lib/snapshot/json-text.ts';
import { oneLine } from './messages.ts';
import { openFile } from './open-file.ts';
import { openLatest } from './open-run.ts';
import { borderIn, principalReaches, reachTable } from './org-borders.ts';
import { outputWidth, writeJsonArray, writeOut } from './output.ts';
import { type Field, renderRecords, wordLines } from './records.ts';

interface OrgOptions {
  readonly in: readonly string[];
  readonly out?: string;
  readonly principal?: string;
  readonly open?: true;
  readonly json?: true;
}

export function define(command: Command): void {
  command
    .addOption(
      new Option('--in <dir...>', 'the folders that `scan --out` wrote, one for each account')
        .env('LATCHKEY_IN')
        .makeOptionMandatory(),
    )
    .option('--out <file>', 'write the index as a page')
    .option('--principal <name>', 'what one principal, or one permission set, reaches in all of the accounts')
    .option('--open', 'then open the page in the browser')
    .option('--json', 'print the answer as JSON')
    .addHelpText(
      'after',
      `
A folder that cannot be read is named, and the others are shown.

Examples:
  $ latchkey org --in out/production out/staging
  $ latchkey org --in out/* --out out/org.html --open
  $ latchkey org --in out/* --principal AdministratorAccess

Exit codes: 0 done; 2 bad usage, or a folder that could not be read; 3 the audit of an account was blind.`,
    )
    .action(org);
}

async function org(options: OrgOptions): Promise<void> {
  if (options.open && (options.out === undefined || options.principal !== undefined))
    throw new InputError('--open: there is no page to open: name its file in `--out`, without `--principal`');
  const folders = [...new Set(options.in.map((dir) => resolve(dir)))];
  if (options.principal !== undefined) await askReach(folders, options.principal, options.json === true);
  else await makeIndex(folders, options);
}

async function makeIndex(folders: readonly string[], options: OrgOptions): Promise<void> {
  const indexer = new OrgIndexer();
  const borders = new OrganizationBorders();
  for (const folder of folders) await add(indexer, borders, folder);
  const index = indexer.index(orgReach(borders, []));
  if (index.accounts.some(({ state }) => state === 'blind')) process.exitCode = 3;
  for (const { folder, problem } of index.failed) notRead(folder, problem);
  if (options.out !== undefined) {
    const file = resolve(options.out);
    await overwriteFile(
      file,
      orgPage(index, ({ report }) => (report === null ? null : linkTo(report, dirname(file)))),
    );
  }
  await writeOut(options.json ? `${jsonText(index)}\n` : organizationText(index, options.out));
  if (options.open && options.out !== undefined) await openFile(resolve(options.out));
}

/** Reads only the borders of the accounts. */
async function askReach(folders: readonly string[], principal: string, isJson: boolean): Promise<void> {
  const borders = new OrganizationBorders();
  const own = new Map<string, OwnBorder>();
  for (const folder of folders) {
    const problem = await orProblem(async () => {
      const border = await borderIn(folder);
      if (own.has(border.accountId)) throw new InputError(`it is of account \`${border.accountId}\` again`);
      borders.add(border);
      own.set(border.accountId, { accountId: border.accountId, own: border.own });
    });
    if (problem !== null) notRead(folder, problem);
  }
  const reaches = principalReaches(principal, borders, [...own.values()]);
  if (isJson) await writeJsonArray(reaches);
  else await writeOut(reachTable(reaches));
}

function notRead(folder: string, problem: string): void {
  process.stderr.write(`latchkey: not read: \`${oneLine(folder)}\`: ${oneLine(problem)}\n`);
  process.exitCode = 2;
}

/** The problem of the input; null if there is none. */
async function orProblem(read: () => Promise<void>): Promise<string | null> {
  try {
    await read();
    return null;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.message.replace(/^--in: /, '');
  }
}

/** One account at a time; only what the index needs is kept. */
async function add(indexer: OrgIndexer, borders: OrganizationBorders, folder: string): Promise<void> {
  const problem = await orProblem(async () => {
    const { store, run } = await openLatest('--in', folder);
    const findings = await readFindings(store, '', run, await readRunRecord(store, '', run));
    const page = join(folder, runFolder(run), 'report.html');
    const isThere = await access(page).then(
      () => true,
      () => false,
    );
    const report = isThere ? page : null;
    const part = orgPart({ ...(await readAudit(store, '', run)), findings });
    const isNew = indexer.add(part, { ...{ folder, run: runFolder(run), report } });
    if (isNew) borders.add(await borderIn(folder));
  });
  if (problem !== null) indexer.fail(folder, problem);
}

/** The name of a folder is always escaped as part of a path. */
const linkTo = (report: string, from: string): string =>
  relative(from, report).split(sep).map(encodeURIComponent).join('/');

const FIELDS: readonly Field<OrgAccount>[] = [
  { title: 'account', value: ({ accountId }) => accountId, whole: true },
  { title: 'state', value: ({ state, why }) => (state === 'blind' ? `NOT AUDITED: ${why}` : state) },
  {
    title: 'with a shell',
    value: ({ state, shells }) =>
      state === 'blind'
        ? 'not known'
        : kindsText(shells) || (state === 'complete' ? 'nobody' : 'nobody known'),
  },
  { title: 'findings', value: findingsText },
  { title: 'instances', value: ({ instances }) => String(instances), align: 'right' },
  { title: 'audited', value: ({ takenAt }) => shortTime(takenAt) },
];

/** Accounts that an answer names; `--json` has all. */
const MOST_NAMED = 5;

const someOf = (ids: readonly string[]): string => shortList(ids, MOST_NAMED);

function organizationText(
  { accounts, permissionSets, across, unknown, reach }: OrgIndex,
  out: string | undefined,
): string {
  const table = accounts.length === 0 ? '' : renderRecords(accounts, FIELDS, outputWidth());
  const wide = permissionSets.filter((set) => set.accounts.length > 1).length;
  const counts = [
    count(accounts.length, 'account'),
    ...(unknown.length > 0
      ? [`${count(unknown.length, 'account')} that nobody audited (${someOf(unknown)})`]
      : []),
    `${count(across.length, 'way')} from one account into another`,
    `${count(wide, 'permission set')} in several accounts`,
    `${count(reach.principalCount, 'principal')} with a chain into another account`,
  ];
  const totals = wordLines(counts.join(', '), outputWidth()).join('\n');
  return `${table}\n${totals}\n${out === undefined ? '' : `page  ${out}\n`}`;
}
