import type { Border } from '../across/border.ts';
import { OrganizationBorders } from '../across/organization-borders.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { failedText } from '../render/digest-failed.ts';
import { PAGE_FILE } from '../render/formats.ts';
import { shortTime } from '../render/names.ts';
import { OrgIndexer } from '../render/org/org-index.ts';
import { orgPage } from '../render/org/org-page.ts';
import type { OrgPart } from '../render/org/org-part.ts';
import { type OrgReach, orgReach, type ReachLimits, type UnknownBorder } from '../render/org/org-reach.ts';
import { PUBLISHED } from '../render/org/reach-section.ts';
import { type AccountSummary, readSummary, type SummaryRead, summariesOf } from './account-summary.ts';
import { COMPRESSED, readBorderOf } from './border-file.ts';
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
  /** called with each summary, since others need it as well */
  readonly take?: (read: SummaryRead) => Promise<void>;
  /** limits of the chains; left out: those of publish */
  readonly limits?: ReachLimits;
}

export interface OrganizationOutput {
  readonly key: string;
  /** chains that were not followed */
  readonly left: OrgReach['left'];
}

/**
 * Writes the page over all accounts of a scan; for a failed account with the result of its last audit. Opens
 * no run: each wrote its summary. Null: there is one account, whose own page is enough.
 */
export async function writeOrganization(
  store: ObjectStore,
  { run, accounts, failed, reportBase, take, limits = PUBLISHED }: OrganizationInput,
): Promise<OrganizationOutput | null> {
  if (accounts.length + failed.length < 2) return null;
  // the chains are followed first, so that their memory is free again when the accounts are read
  const ended = [
    ...accounts.map(({ prefix }) => ({ prefix, run })),
    ...failed.map(({ prefix, last }) => ({ prefix, run: last?.run ?? null })),
  ];
  const reach = await reachOf(store, ended, limits);
  const indexer = new OrgIndexer();
  for await (const read of summariesOf(store, run, accounts)) {
    const { prefix, summary, error } = read;
    if (summary === null) indexer.fail(accountIn(prefix), error?.message ?? noSummary(run));
    else indexer.add(partOf(summary), placeOf(prefix, run));
    await take?.(read);
  }
  for await (const { account, part } of inTurn(failed, (one) => lastPart(store, one))) {
    const { accountId, prefix, last } = account;
    const why = failedText(account);
    if (typeof part === 'string') indexer.fail(accountId, `${part}: ${why}`);
    else indexer.add(partOf(part), { ...placeOf(prefix, last?.run ?? run), stale: why });
  }
  const index = indexer.index(reach);
  const page = orgPage(index, ({ report }) => `${reportBase ?? '../'}${report}`);
  await put(store, organizationKey, page, 'text/html; charset=utf-8');
  return { key: organizationKey, left: reach.left };
}

interface Ended {
  readonly prefix: string;
  /** null: the account has no finished run */
  readonly run: string | null;
}

/** Follows the chains across these accounts. */
async function reachOf(
  store: ObjectStore,
  accounts: readonly Ended[],
  limits: ReachLimits,
): Promise<OrgReach> {
  const borders = new OrganizationBorders(COMPRESSED);
  const unknown: UnknownBorder[] = [];
  const read = async (one: Ended) => ({ ...one, border: await borderOf(store, one) });
  for await (const { prefix, border } of inTurn(accounts, read)) {
    if (typeof border === 'string') unknown.push({ account: accountIn(prefix), why: border });
    else borders.add(border);
  }
  return orgReach(borders, unknown, limits);
}

/** The border, or why there is none. */
async function borderOf(store: ObjectStore, { prefix, run }: Ended): Promise<Border | string> {
  if (run === null) return 'it was never audited';
  try {
    const border = await readBorderOf(store, prefix, run);
    return border ?? `its run \`${run}\` left none: it is of an earlier version`;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The digest part is not kept: the index has every account. */
function partOf({ digest: _, ...part }: AccountSummary): OrgPart {
  return part;
}

const placeOf = (prefix: string, run: string) => ({
  ...{ folder: accountIn(prefix), run: runFolder(run) },
  report: runKey(prefix, run, PAGE_FILE),
});

const noSummary = (run: string): string => `its run \`${run}\` left no summary`;

/** The result of the last scan of a failed account, or why it is not known. */
async function lastPart(
  store: ObjectStore,
  account: LostAccount,
): Promise<{ readonly account: LostAccount; readonly part: AccountSummary | string }> {
  const { last, prefix } = account;
  if (last === null) return { account, part: 'never audited' };
  if (last === undefined) return { account, part: 'its runs cannot be read' };
  const before = `audited ${shortTime(last.at)}, and `;
  try {
    const part = await readSummary(store, prefix, last.run);
    return { account, part: part ?? `${before}${noSummary(last.run)}` };
  } catch (error) {
    return { account, part: `${before}${(error as Error).message}` };
  }
}
