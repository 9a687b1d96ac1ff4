import type { Team } from '../findings/expected/expected.ts';
import { InputError } from '../ports/input-error.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { MailText } from '../publish/compose-mail.ts';
import { type DigestLink, digestOf } from '../render/digest.ts';
import type { AccountNews } from '../render/digest-accounts.ts';
import { type Audited, auditedOf } from '../render/digest-audited.ts';
import type { FailedAccount } from '../render/digest-failed.ts';
import type { Report } from '../render/report.ts';
import { teamReport } from '../render/team-report.ts';
import { expectedIn } from './expected-file.ts';
import { runKey } from './keys.ts';
import { readReport } from './read-report.ts';
import { readRunRecord } from './run-record.ts';
import { sinceDigest } from './since-digest.ts';
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
  readonly audited: readonly Audited[];
  /** what of them is a team's, by its name */
  readonly ofTeams: ReadonlyMap<string, readonly Audited[]>;
  readonly links: readonly DigestLink[];
  readonly failed: readonly FailedAccount[];
  readonly news: AccountNews | null;
  /** accounts whose report could not be read */
  readonly leftOut: number;
  /** one line for each thing that went wrong */
  readonly problems: readonly string[];
}

/** The mail for everybody, or for one team. */
export function renderedFor(
  { audited, ofTeams, links, failed, news }: DigestContent,
  team: Team | undefined,
): MailText {
  if (team === undefined) return digestOf(audited, links, failed, { news });
  const own = ofTeams.get(team.name) ?? [];
  const accounts = new Set(own.map(({ report }) => report.accountId));
  const isOwn = ({ accountId }: { readonly accountId: string }): boolean => accounts.has(accountId);
  const lost = failed.filter(({ accountId }) => team.accounts?.includes(accountId) ?? false);
  return digestOf(own, links.filter(isOwn), lost, { team: team.name });
}

/**
 * What can be read; an account that cannot is named in the digest. One run is open at a time, and nothing of its snapshot
 * and matrix is kept.
 */
export async function digestContent(
  store: ObjectStore,
  {
    reportBase,
    organization,
    teams,
  }: {
    readonly reportBase: string | undefined;
    readonly organization: string | null;
    readonly teams: readonly Team[];
  },
  { run, accounts, failed = [], news = null }: UnsentDigest,
): Promise<DigestContent> {
  const audited: Audited[] = [];
  const ofTeams = new Map(teams.map(({ name }) => [name, [] as Audited[]]));
  const links: DigestLink[] =
    organization === null || reportBase === undefined
      ? []
      : [{ accountId: '', label: 'all accounts', url: `${reportBase}${organization}` }];
  const lost: FailedAccount[] = [];
  const problems: string[] = [];
  for (const { prefix } of accounts) {
    try {
      const { problems: unread, ...since } = await sinceDigest(store, prefix, run);
      const report = { ...(await readReport(store, prefix, run)), ...since };
      const told = auditedOf(report);
      const own = teams.flatMap((team) => {
        const part = teamReport(report, team);
        return part === null ? [] : [{ name: team.name, told: auditedOf(part) }];
      });
      audited.push(told);
      for (const part of own) ofTeams.get(part.name)?.push(part.told);
      links.push(...linksOf({ reportBase, run }, prefix, report));
      problems.push(...unread);
    } catch (error) {
      lost.push({ accountId: accountIn(prefix), failure: (error as Error).message });
      problems.push(`the digest leaves out \`${prefix}runs/${run}\`: ${(error as Error).message}`);
    }
  }
  if (audited.length === 0 && lost.length > 0) {
    const why = lost.map(({ failure }) => failure).join('; ');
    throw new Error(`no account of \`${run}\` can be read: ${why}`);
  }
  return { audited, ofTeams, links, failed: [...failed, ...lost], news, leftOut: lost.length, problems };
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
  { accountId }: Report,
): readonly DigestLink[] {
  if (reportBase === undefined) return [];
  return linked.map(({ label, file }) => ({
    accountId,
    label,
    url: `${reportBase}${runKey(prefix, run, file)}`,
  }));
}
