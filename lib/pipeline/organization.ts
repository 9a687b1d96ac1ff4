import { InputError } from '../ports/input-error.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { shortTime } from '../render/names.ts';
import { OrgIndexer } from '../render/org/org-index.ts';
import { orgPage } from '../render/org/org-page.ts';
import { type AccountSummary, readSummary } from './account-summary.ts';
import { accountIn } from './digest-content.ts';
import { runFolder, runKey } from './keys.ts';
import type { LostAccount } from './last-audits.ts';
import { inTurn } from './parallel.ts';
import { put } from './put.ts';

/** The index of the last scan, over all accounts. */
export const organizationKey = 'organization/index.html';

export interface OrganizationInput {
  readonly run: string;
  readonly accounts: readonly { readonly prefix: string }[];
  readonly failed: readonly LostAccount[];
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
  for await (const { prefix, part } of inTurn(accounts, (one) => partOf(store, one.prefix, run))) {
    if (typeof part === 'string') indexer.fail(accountIn(prefix), part);
    else indexer.add(part, placeOf(prefix, run));
  }
  for await (const { account, part } of inTurn(failed, (one) => lastPart(store, one))) {
    const { accountId, failure, prefix, last } = account;
    if (typeof part === 'string') indexer.fail(accountId, `${part}: ${failure}`);
    else indexer.add(part, { ...placeOf(prefix, last?.run ?? run), stale: failure });
  }
  const page = orgPage(indexer.index(), ({ report }) => `${reportBase ?? '../'}${report}`);
  await put(store, organizationKey, page, 'text/html; charset=utf-8');
  return organizationKey;
}

const placeOf = (prefix: string, run: string) => ({
  ...{ folder: accountIn(prefix), run: runFolder(run) },
  report: runKey(prefix, run, 'report.html'),
});

/** What a run says of its account, or why nobody can tell. */
async function partOf(
  store: ObjectStore,
  prefix: string,
  run: string,
): Promise<{ readonly prefix: string; readonly part: AccountSummary | string }> {
  try {
    const part = await readSummary(store, prefix, run);
    return { prefix, part: part ?? `its run \`${run}\` left no summary` };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { prefix, part: error.message };
  }
}

async function lastPart(
  store: ObjectStore,
  account: LostAccount,
): Promise<{ readonly account: LostAccount; readonly part: AccountSummary | string }> {
  const { last, prefix } = account;
  if (last === null) return { account, part: 'never audited' };
  if (last === undefined) return { account, part: 'its runs cannot be read' };
  const { part } = await partOf(store, prefix, last.run);
  const before = `audited ${shortTime(last.at)}`;
  return { account, part: typeof part === 'string' ? `${before}, and ${part}` : part };
}
