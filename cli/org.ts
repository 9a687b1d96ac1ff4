import { access } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { type Command, Option } from 'commander';
import { overwriteFile } from '../lib/adapters/local/folder-file.ts';
import { runFolder } from '../lib/pipeline/keys.ts';
import { readAudit, readFindings } from '../lib/pipeline/load.ts';
import { readRunRecord } from '../lib/pipeline/run-record.ts';
import { InputError } from '../lib/ports/input-error.ts';
import { kindsText } from '../lib/render/kind-counts.ts';
import { count, shortTime } from '../lib/render/names.ts';
import { type OrgAccount, type OrgIndex, OrgIndexer } from '../lib/render/org/org-index.ts';
import { findingsText, orgPage } from '../lib/render/org/org-page.ts';
import { orgPart } from '../lib/render/org/org-part.ts';
import { jsonText } from '../lib/snapshot/json-text.ts';
import { oneLine } from './messages.ts';
import { openLatest } from './open-run.ts';

import { outputWidth, writeOut } from './output.ts';
import { type Field, renderRecords, wordLines } from './records.ts';

interface OrgOptions {
  readonly in: readonly string[];
  readonly out?: string;
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
    .option('--json', 'print the index as JSON')
    .addHelpText(
      'after',
      `
A folder that cannot be read is named, and the others are told.

Examples:
  $ latchkey org --in out/production out/staging
  $ latchkey org --in out/* --out out/org.html

Exit codes: 0 done; 2 bad usage, or a folder that could not be read; 3 the audit of an account was blind.`,
    )
    .action(org);
}

async function org(options: OrgOptions): Promise<void> {
  const indexer = new OrgIndexer();
  for (const folder of new Set(options.in.map((dir) => resolve(dir)))) await add(indexer, folder);
  const index = indexer.index();
  if (index.accounts.some(({ state }) => state === 'blind')) process.exitCode = 3;
  for (const { folder, problem } of index.failed) {
    process.stderr.write(`latchkey: not read: \`${oneLine(folder)}\`: ${oneLine(problem)}\n`);
    process.exitCode = 2;
  }
  if (options.out !== undefined) {
    const file = resolve(options.out);
    await overwriteFile(
      file,
      orgPage(index, ({ report }) => (report === null ? null : linkTo(report, dirname(file)))),
    );
  }
  await writeOut(options.json ? `${jsonText(index)}\n` : textOf(index, options.out));
}

/** One account at a time: of each only what the index says is kept. */
async function add(indexer: OrgIndexer, folder: string): Promise<void> {
  try {
    const { store, run } = await openLatest('--in', folder);
    const findings = await readFindings(store, '', run, await readRunRecord(store, '', run));
    const page = join(folder, runFolder(run), 'report.html');
    const isThere = await access(page).then(
      () => true,
      () => false,
    );
    const report = isThere ? page : null;
    indexer.add(orgPart({ ...(await readAudit(store, '', run)), findings }), {
      ...{ folder, run: runFolder(run), report },
    });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    indexer.fail(folder, error.message.replace(/^--in: /, ''));
  }
}

/** Whatever a folder is called, its name is no more than a part of a path. */
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

/** Accounts that an answer names; `--json` has them all. */
const MOST_NAMED = 5;

function someOf(ids: readonly string[]): string {
  const left = ids.length - MOST_NAMED;
  return `${ids.slice(0, MOST_NAMED).join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}

function textOf({ accounts, permissionSets, across, unknown }: OrgIndex, out: string | undefined): string {
  const table = accounts.length === 0 ? '' : renderRecords(accounts, FIELDS, outputWidth());
  const wide = permissionSets.filter((set) => set.accounts.length > 1).length;
  const counts = [
    count(accounts.length, 'account'),
    ...(unknown.length > 0
      ? [`${count(unknown.length, 'account')} that nobody audited (${someOf(unknown)})`]
      : []),
    `${count(across.length, 'way')} from one account into another`,
    `${count(wide, 'permission set')} in several accounts`,
  ];
  const told = wordLines(counts.join(', '), outputWidth()).join('\n');
  return `${table}\n${told}\n${out === undefined ? '' : `page  ${out}\n`}`;
}
