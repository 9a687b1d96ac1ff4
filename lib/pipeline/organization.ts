import type { ObjectStore } from '../ports/object-store.ts';
import type { FailedAccount } from '../render/digest-failed.ts';
import { OrgIndexer } from '../render/org/org-index.ts';
import { orgPage } from '../render/org/org-page.ts';
import type { OrgPart } from '../render/org/org-part.ts';
import { accountIn } from './digest-content.ts';
import { jsonIn } from './json-in.ts';
import { runFolder, runKey } from './keys.ts';
import { readLatest } from './latest.ts';
import { put } from './put.ts';
import { runsBack } from './run-record.ts';

/** What an index says of the account of a run. */
export const summaryFile = 'summary.json';

/** The index of the last scan, over all accounts. */
export const organizationKey = 'organization/index.html';

/** Runs that are looked at for the last scan of an account that failed. */
const LOOK_BACK = 2000;

export interface OrganizationInput {
  readonly run: string;
  readonly accounts: readonly { readonly prefix: string }[];
  readonly failed: readonly (FailedAccount & { readonly prefix: string })[];
  readonly reportBase: string | undefined;
}

/**
 * Writes the page over all accounts of a scan, of an account that failed with what its last audit found. Opens no run:
 * each left its summary. Null: there is one account, whose own page says it all.
 */
export async function writeOrganization(
  store: ObjectStore,
  { run, accounts, failed, reportBase }: OrganizationInput,
): Promise<string | null> {
  if (accounts.length + failed.length < 2) return null;
  const indexer = new OrgIndexer();
  for (const { prefix } of accounts) {
    const part = await readPart(store, prefix, run);
    if (part === null) indexer.fail(accountIn(prefix), `its run \`${run}\` left no summary`);
    else indexer.add(part, placeOf(prefix, run));
  }
  for (const { accountId, failure, prefix } of failed) {
    const last = await lastPart(store, prefix);
    if (last === null) indexer.fail(accountId, `never audited: ${failure}`);
    else indexer.add(last.part, { ...placeOf(prefix, last.run), stale: failure });
  }
  const page = orgPage(indexer.index(), ({ report }) => `${reportBase ?? '../'}${report}`);
  await put(store, organizationKey, page, 'text/html; charset=utf-8');
  return organizationKey;
}

const placeOf = (prefix: string, run: string) => ({
  ...{ folder: accountIn(prefix), run: runFolder(run) },
  report: runKey(prefix, run, 'report.html'),
});

/** Null: it has none that can be read. */
async function readPart(store: ObjectStore, prefix: string, run: string): Promise<OrgPart | null> {
  const there = await store.get(runKey(prefix, run, summaryFile));
  if (there === null) return null;
  const part = jsonIn(there.body) as Partial<OrgPart> | null;
  return part?.schemaVersion === 1 && typeof part.accountId === 'string' ? (part as OrgPart) : null;
}

/** Of the last scan of an account, as checks leave no summary; null: it has none. */
async function lastPart(
  store: ObjectStore,
  prefix: string,
): Promise<{ readonly run: string; readonly part: OrgPart } | null> {
  try {
    const latest = await readLatest(store, prefix);
    for await (const { run } of runsBack(store, prefix, latest.run, LOOK_BACK)) {
      const part = await readPart(store, prefix, run);
      if (part !== null) return { run, part };
    }
  } catch {
    // damaged: the other accounts are told all the same
  }
  return null;
}
