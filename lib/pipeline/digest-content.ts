import type { Team } from '../findings/expected/expected.ts';
import { InputError } from '../ports/input-error.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { MailText } from '../publish/compose-mail.ts';
import { type DigestLink, digestOf } from '../render/digest.ts';
import type { AccountNews } from '../render/digest-accounts.ts';
import { type Audited, together } from '../render/digest-audited.ts';
import type { FailedAccount } from '../render/digest-failed.ts';
import { type AccountDigest, digestOfRun } from './account-digest.ts';
import { readSummary } from './account-summary.ts';
import { expectedIn } from './expected-file.ts';
import { runKey } from './keys.ts';
import { inTurn } from './parallel.ts';
import { readRunRecord } from './run-record.ts';
import { toldAgain } from './told-again.ts';
import type { UnsentDigest } from './unsent.ts';

/** The table of the file that the accounts were audited with: all have the same. */
export async function teamsOf(store: ObjectStore, { run, accounts }: UnsentDigest): Promise<readonly Team[]> {
  for (const { prefix } of accounts) {
    try {
      const record = await readRunRecord(store, prefix, run);
      if (record?.expected) return expectedIn(record.expected, record.takenAt).expected.teams;
    } catch (error) {
      // the digest names an account that cannot be read
      if (!(error instanceof InputError)) throw error;
    }
  }
  return [];
}

/** What digests of a run are made from. */
export interface DigestContent {
  readonly told: Audited;
  /** what of it is a team's, by its name */
  readonly ofTeams: ReadonlyMap<string, ToldTeam>;
  readonly links: readonly DigestLink[];
  readonly failed: readonly FailedAccount[];
  readonly news: AccountNews | null;
  /** accounts whose report could not be read */
  readonly leftOut: number;
  /** one line for each thing that went wrong */
  readonly problems: readonly string[];
}

interface ToldTeam {
  readonly told: Audited;
  readonly accounts: ReadonlySet<string>;
}

/** The mail for everybody, or for one team. */
export function renderedFor(
  { told, ofTeams, links, failed, news }: DigestContent,
  team: Team | undefined,
): MailText {
  if (team === undefined) return digestOf([told], links, failed, { news });
  const own = ofTeams.get(team.name) ?? NOTHING_TOLD;
  const isOwn = ({ accountId }: { readonly accountId: string }): boolean => own.accounts.has(accountId);
  const lost = failed.filter(({ accountId }) => team.accounts?.includes(accountId) ?? false);
  return digestOf([own.told], links.filter(isOwn), lost, { team: team.name });
}

const NOTHING_TOLD: ToldTeam = { told: together([]), accounts: new Set() };

interface About {
  readonly reportBase: string | undefined;
  readonly organization: string | null;
  readonly teams: readonly Team[];
}

/**
 * What can be read; an account that cannot is named in the digest. Of each account its summary is read and added to what
 * is told already, so that memory does not grow with the accounts.
 */
export async function digestContent(
  store: ObjectStore,
  { reportBase, organization, teams }: About,
  { run, accounts, failed = [], news = null }: UnsentDigest,
): Promise<DigestContent> {
  const gathered = new Gathered(teams);
  const links: DigestLink[] =
    organization === null || reportBase === undefined
      ? []
      : [{ accountId: '', label: 'all accounts', url: `${reportBase}${organization}` }];
  const lost: FailedAccount[] = [];
  const problems: string[] = [];
  for await (const { prefix, read } of inTurn(accounts, (account) => tried(store, account.prefix, run))) {
    try {
      // a run of a version before is opened as a whole, so one at a time
      const digest = (await read()) ?? (await digestOfRun(store, prefix, run));
      gathered.add(digest, prefix);
      links.push(...linksOf({ reportBase, run }, prefix, digest.told.accountId));
      problems.push(...digest.problems);
    } catch (error) {
      lost.push({ accountId: accountIn(prefix), failure: (error as Error).message });
      problems.push(`the digest leaves out \`${prefix}runs/${run}\`: ${(error as Error).message}`);
    }
  }
  if (lost.length > 0 && lost.length === accounts.length) throw noneRead(run, lost);
  return {
    ...(await gathered.upToDate(store, run)),
    ...{ links, failed: [...failed, ...lost], news, leftOut: lost.length, problems },
  };
}

/** The digest that the audit of an account left, null for none, once it is asked for: a bad one stops no other. */
async function tried(
  store: ObjectStore,
  prefix: string,
  run: string,
): Promise<{ readonly prefix: string; readonly read: () => Promise<AccountDigest | null> }> {
  try {
    const summary = await readSummary(store, prefix, run);
    return { prefix, read: async () => summary?.digest ?? null };
  } catch (error) {
    return { prefix, read: () => Promise.reject(error) };
  }
}

const MOST_REASONS = 5;

function noneRead(run: string, lost: readonly FailedAccount[]): Error {
  const why = lost.slice(0, MOST_REASONS).map(({ failure }) => failure);
  return new Error(`no account of \`${run}\` can be read: ${why.join('; ')}`);
}

/** What is told of the accounts that were read so far. */
class Gathered {
  #told = together([]);
  readonly #prefixes = new Map<string, string>();
  readonly #teams: Map<string, { told: Audited; readonly accounts: Set<string> }>;

  constructor(teams: readonly Team[]) {
    this.#teams = new Map(teams.map(({ name }) => [name, { told: together([]), accounts: new Set() }]));
  }

  add({ told, teams }: AccountDigest, prefix: string): void {
    this.#told = together([this.#told, told]);
    this.#prefixes.set(told.accountId, prefix);
    for (const { name, told: own } of teams) {
      const team = this.#teams.get(name);
      if (team === undefined) continue;
      team.told = together([team.told, own ?? told]);
      team.accounts.add(told.accountId);
    }
  }

  async upToDate(store: ObjectStore, run: string): Promise<Pick<DigestContent, 'told' | 'ofTeams'>> {
    const again = (told: Audited): Promise<Audited> => toldAgain(store, run, told, this.#prefixes);
    const ofTeams = new Map<string, ToldTeam>();
    for (const [name, { told, accounts }] of this.#teams) {
      ofTeams.set(name, { told: await again(told), accounts });
    }
    return { told: await again(this.#told), ofTeams };
  }
}

/** `accounts/111122223333/` -> `111122223333` */
export const accountIn = (prefix: string): string =>
  prefix.replace(/\/$/, '').split('/').at(-1) || 'the account';

/** The files that a reader of the digest wants next, by account. */
const linked = [
  { label: 'report', file: 'report.html' },
  { label: 'cells as CSV', file: 'report.csv' },
  { label: 'findings as CSV', file: 'findings.csv' },
] as const;

function linksOf(
  { reportBase, run }: { readonly reportBase: string | undefined; readonly run: string },
  prefix: string,
  accountId: string,
): readonly DigestLink[] {
  if (reportBase === undefined) return [];
  return linked.map(({ label, file }) => ({
    accountId,
    label,
    url: `${reportBase}${runKey(prefix, run, file)}`,
  }));
}
