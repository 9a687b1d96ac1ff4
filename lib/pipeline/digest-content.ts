import type { Team } from '../findings/expected/expected.ts';
import { InputError } from '../ports/input-error.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { MailText } from '../publish/compose-mail.ts';
import { type DigestLink, digestOf } from '../render/digest.ts';
import type { AccountNews } from '../render/digest-accounts.ts';
import { type Audited, together } from '../render/digest-audited.ts';
import type { FailedAccount } from '../render/digest-failed.ts';
import { PAGE_FILE } from '../render/formats.ts';
import type { UnknownBorder } from '../render/org/org-reach.ts';
import { type AccountDigest, digestOfRun } from './account-digest.ts';
import { type SummaryRead, summariesOf } from './account-summary.ts';
import { expectedIn } from './expected-file.ts';
import { runKey } from './keys.ts';
import { readRunRecord } from './run-record.ts';
import type { UnsentDigest } from './unsent.ts';
import { withLaterFacts } from './with-later-facts.ts';

/** The teams in the file of expected access: all accounts have the same file. */
export async function teamsOf(
  store: ObjectStore,
  { run, accounts }: Pick<UnsentDigest, 'run' | 'accounts'>,
): Promise<readonly Team[]> {
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

/** The data of a run's digests. */
export interface DigestContent {
  readonly audited: Audited;
  /** the part of each team, by its name */
  readonly ofTeams: ReadonlyMap<string, TeamDigest>;
  readonly links: readonly DigestLink[];
  readonly failed: readonly FailedAccount[];
  readonly news: AccountNews | null;
  /** chains across accounts that were not followed */
  readonly chainsLeft: readonly UnknownBorder[];
  /** accounts whose report could not be read */
  readonly leftOut: number;
  /** one line for each problem */
  readonly problems: readonly string[];
}

interface TeamDigest {
  readonly audited: Audited;
  readonly accounts: ReadonlySet<string>;
}

/** The mail for everybody, or for one team. */
export function renderedFor(
  { audited, ofTeams, links, failed, news, chainsLeft }: DigestContent,
  team: Team | undefined,
): MailText {
  if (team === undefined) return digestOf([audited], links, failed, { news, chainsLeft });
  const own = ofTeams.get(team.name) ?? NOTHING_AUDITED;
  const isOwn = ({ accountId }: { readonly accountId: string }): boolean => own.accounts.has(accountId);
  const lost = failed.filter(({ accountId }) => team.accounts?.includes(accountId) ?? false);
  return digestOf([own.audited], links.filter(isOwn), lost, { team: team.name });
}

const NOTHING_AUDITED: TeamDigest = { audited: together([]), accounts: new Set() };

interface About {
  readonly reportBase: string | undefined;
  readonly organization: string | null;
  readonly chainsLeft?: readonly UnknownBorder[];
  readonly teams: readonly Team[];
  /** data about a run that was already gathered */
  readonly gathered?: DigestGatherer | null;
}

/** The readable data; the digest names accounts that could not be read. */
export async function digestContent(
  store: ObjectStore,
  { reportBase, organization, chainsLeft = [], teams, gathered = null }: About,
  { run, accounts, failed = [], news = null }: UnsentDigest,
): Promise<DigestContent> {
  let gatherer = gathered;
  if (gatherer?.run !== run) {
    gatherer = new DigestGatherer(store, { run, reportBase, teams });
    for await (const one of summariesOf(store, run, accounts)) await gatherer.take(one);
  }
  const page: readonly DigestLink[] =
    organization === null || reportBase === undefined
      ? []
      : [{ accountId: '', label: 'all accounts', url: `${reportBase}${organization}` }];
  const { links, lost, ...content } = await gatherer.content();
  if (lost.length > 0 && lost.length === accounts.length) throw noneRead(run, lost);
  const about = { failed: [...failed, ...lost], news, chainsLeft, leftOut: lost.length };
  return { ...content, ...about, links: [...page, ...links] };
}

const MOST_REASONS = 5;

function noneRead(run: string, lost: readonly FailedAccount[]): Error {
  const why = lost.slice(0, MOST_REASONS).map(({ failure }) => failure);
  return new Error(`no account of \`${run}\` can be read: ${why.join('; ')}`);
}

/**
 * Gathers the data of a run's digests, account after account. It keeps only what is reported, so that memory
 * does not grow with the accounts.
 */
export class DigestGatherer {
  readonly run: string;
  readonly #store: ObjectStore;
  readonly #reportBase: string | undefined;
  #audited = together([]);
  readonly #teams: Map<string, { audited: Audited; readonly accounts: Set<string> }>;
  readonly #prefixes = new Map<string, string>();
  readonly #links: DigestLink[] = [];
  readonly #lost: FailedAccount[] = [];
  readonly #problems: string[] = [];

  constructor(
    store: ObjectStore,
    { run, reportBase, teams }: Pick<About, 'reportBase' | 'teams'> & { readonly run: string },
  ) {
    this.run = run;
    this.#store = store;
    this.#reportBase = reportBase;
    this.#teams = new Map(teams.map(({ name }) => [name, { audited: together([]), accounts: new Set() }]));
  }

  /** A run of an earlier version, which wrote no summary, is opened as a whole: one at a time. */
  async take({ prefix, summary, error }: SummaryRead): Promise<void> {
    try {
      if (error !== null) throw error;
      const digest = summary?.digest ?? (await digestOfRun(this.#store, prefix, this.run));
      this.#add(digest, prefix);
    } catch (reason) {
      const failure = (reason as Error).message;
      this.#lost.push({ accountId: accountIn(prefix), failure, next: 'scan again, which writes a new run' });
      this.#problems.push(`the digest leaves out \`${prefix}runs/${this.run}\`: ${failure}`);
    }
  }

  #add({ audited, teams, problems }: AccountDigest, prefix: string): void {
    const { accountId } = audited;
    this.#audited = together([this.#audited, audited]);
    this.#prefixes.set(accountId, prefix);
    this.#links.push(...linksOf({ reportBase: this.#reportBase, run: this.run }, prefix, accountId));
    this.#problems.push(...problems);
    for (const { name, audited: own } of teams) {
      const team = this.#teams.get(name);
      if (team === undefined) continue;
      team.audited = together([team.audited, own ?? audited]);
      team.accounts.add(accountId);
    }
  }

  /** With what became known meanwhile about the reported changes. */
  async content(): Promise<
    Pick<DigestContent, 'audited' | 'ofTeams' | 'links' | 'problems'> & {
      readonly lost: readonly FailedAccount[];
    }
  > {
    const again = (audited: Audited): Promise<Audited> =>
      withLaterFacts(this.#store, this.run, audited, this.#prefixes);
    const ofTeams = new Map<string, TeamDigest>();
    for (const [name, { audited, accounts }] of this.#teams) {
      ofTeams.set(name, { audited: await again(audited), accounts });
    }
    const [links, lost, problems] = [this.#links, this.#lost, this.#problems];
    return { audited: await again(this.#audited), ofTeams, links, lost, problems };
  }
}

/** `accounts/111122223333/` -> `111122223333` */
export const accountIn = (prefix: string): string =>
  prefix.replace(/\/$/, '').split('/').at(-1) || 'the account';

/** The files that a reader of the digest needs next, by account. */
const linked = [
  { label: 'report', file: PAGE_FILE },
  { label: 'who can get onto what, as CSV', file: 'report.csv' },
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
