import { count } from '../policy/counted.ts';
import { acceptedList } from './digest-accepted.ts';
import { type AccountNews, accountList } from './digest-accounts.ts';
import { ACCOUNT_ROWS, type Audited, isFirst, sinceText, together } from './digest-audited.ts';
import { accessChanges } from './digest-change-data.ts';
import { changeList, type LinkTo } from './digest-changes.ts';
import { LONGEST_FIELD } from './digest-data.ts';
import { type FailedAccount, failedList } from './digest-failed.ts';
import { findingList } from './digest-findings.ts';
import { fixList } from './digest-fixes.ts';
import { digestHtml } from './digest-html.ts';
import type { DigestList, DigestModel, Field } from './digest-model.ts';
import { dateOf, digestSubject, scopeOf } from './digest-subject.ts';
import { digestText } from './digest-text.ts';
import { trendsOf } from './digest-trend.ts';
import { byteLength, clip, safeUrl, visible } from './escape.ts';
import type { UnknownBorder } from './org/org-reach.ts';
import type { Picture } from './picture.ts';
import { ADD_PLACE, isConsole, placeIn } from './report-link.ts';
import { severityText } from './summary.ts';

/** A file that the mail points to. `url` is http, https, a local file or relative; anything else is left out. */
export interface DigestLink {
  readonly accountId: string;
  readonly label: string;
  readonly url: string;
}

/** The mail's content: both parts say the same. */
export interface Digest {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** what the HTML part shows by `cid:` and the id */
  readonly pictures: readonly { readonly id: string; readonly picture: Picture }[];
}

/** Both parts together; encoded for transport this stays under 90 KB, and mail readers clip at about 100. */
const DIGEST_BYTES = 60_000;

/**
 * Code points of one field, and links to files, until the mail is short enough: hostile names are shortened before any
 * link is dropped, and rows never are.
 */
const LIMITS = [
  { field: LONGEST_FIELD, links: ACCOUNT_ROWS * 3 },
  { field: 140, links: ACCOUNT_ROWS * 3 },
  { field: 60, links: ACCOUNT_ROWS * 3 },
  { field: 24, links: ACCOUNT_ROWS * 3 },
  { field: 24, links: ACCOUNT_ROWS },
];

/** The receivers of a mail, and its accounts. */
export interface DigestScope {
  /** the team, if it is not for everybody */
  readonly team?: string;
  /** accounts that came and went since the last digest; null: none, or not of an organisation */
  readonly news?: AccountNews | null;
  /** chains across accounts that were not followed, as there are too many */
  readonly chainsLeft?: readonly UnknownBorder[];
}

/**
 * One mail for all accounts of a run: a verdict, the changes since the last digest, what to fix first, new
 * findings, exceptions that end, and what could not be read. `failed`: accounts that could not be audited.
 */
export function digestOf(
  all: Iterable<Audited>,
  links: readonly DigestLink[] = [],
  failed: readonly FailedAccount[] = [],
  { team, news = null, chainsLeft = [] }: DigestScope = {},
): Digest {
  const audited = together(all);
  const subject = digestSubject(audited, failed.length, team);
  const trends = trendsOf(audited);
  let digest: Digest = { subject, text: '', html: '', pictures: trends };
  for (const limit of LIMITS) {
    const about = { audited, links, shown: limit.links, failed, team, news, chainsLeft };
    const model = { ...modelOf(about, (text) => clip(visible(text), limit.field)), trends };
    digest = { ...digest, text: digestText(model), html: digestHtml(model) };
    if (byteLength(digest.text) + byteLength(digest.html) <= DIGEST_BYTES) break;
  }
  return digest;
}

interface About {
  readonly audited: Audited;
  readonly links: readonly DigestLink[];
  /** the largest number of links to files */
  readonly shown: number;
  readonly failed: readonly FailedAccount[];
  readonly team: string | undefined;
  readonly news: AccountNews | null;
  readonly chainsLeft: readonly UnknownBorder[];
}

function modelOf(
  { audited, links, shown, failed, team, news, chainsLeft }: About,
  field: Field,
): Omit<DigestModel, 'trends'> {
  const linkTo = linker(links);
  const lists = [
    failedList(audited, failed, field),
    accountList(news, field),
    changeList(audited, field, linkTo),
    fixList(audited, field),
    findingList(audited, field, linkTo),
    acceptedList(audited, field),
    gapList(audited, field),
    chainList(chainsLeft, field),
  ];
  return {
    title: [`EC2 access, ${scopeOf(audited, team)}, ${dateOf(audited)}`, sinceText(audited)]
      .filter((part) => part !== '')
      .join(', '),
    verdicts: [firstSentence({ audited, failed, team }, field), ...verdictsOf(audited)],
    lists: lists.filter((list) => list !== null),
    linkNote: links.some(({ url }) => isConsole(url)) ? ADD_PLACE : '',
    links: links.slice(0, shown).flatMap((link) => {
      const url = safeUrl(link.url);
      const account = audited.accounts === 1 || link.accountId === '' ? '' : `${link.accountId}: `;
      return url === null ? [] : [{ label: field(`${account}${link.label}`), url }];
    }),
  };
}

/** Into an account's page. */
function linker(links: readonly DigestLink[]): LinkTo {
  const pages = new Map(
    links.filter(({ label }) => label === 'report').map((link) => [link.accountId, link.url]),
  );
  return (accountId, place) => {
    const url = pages.get(accountId);
    return url === undefined ? null : placeIn(url, place);
  };
}

/** The main sentence. */
function firstSentence(
  { audited, failed, team }: Pick<About, 'audited' | 'failed' | 'team'>,
  field: Field,
): string {
  if (audited.accounts === 0)
    return team === undefined
      ? 'No account was audited.'
      : 'Nothing that was audited is of this team: no account of it, or no instance with its tag.';
  const lost = failed.length === 0 ? '' : ` ${count(failed.length, 'account')} could not be audited.`;
  return `${newsSentence(audited, field)}${lost}`;
}

function newsSentence(audited: Audited, field: Field): string {
  if (isFirst(audited)) return firstAudit(audited);
  const { changes, findings, accounts } = audited;
  const access = accessChanges(changes);
  // a change of the file may be graver than those of access, and is reported after them
  const worst = changes.first.find(({ cause }) => cause.kind !== 'configuration') ?? changes.first[0];
  const since = capital(sinceText(audited));
  const news = findings.count;
  const found = news === 0 ? '' : `${count(news, 'finding')} ${news === 1 ? 'is' : 'are'} new`;
  if (worst === undefined) return `${since} no access changed${found === '' ? '' : `; ${found}`}.`;
  const where = accounts === 1 ? '' : `${worst.accountId}: `;
  const others = [...moreChanges(access, changes.count - access), found].filter((part) => part !== '');
  const left = others.map((part) => `; ${part}`).join('');
  if (access === 0)
    return `${since} no access changed, but what is expected and accepted: ${where}${field(worst.cause.detail)}${left}.`;
  const isGrave = ['critical', 'high'].includes(worst.severity);
  const rank = isGrave ? `${capital(worst.severity)}: ` : '';
  return `${rank}${where}${field(worst.what)}: ${field(worst.cause.detail)}${left}.`;
}

/** Besides the named one. The numbers are those of the subject, which counts changes of access. */
function moreChanges(access: number, configured: number): readonly string[] {
  if (access === 0) return configured > 1 ? [`${count(configured - 1, 'more such change')}`] : [];
  return [
    access > 1 ? count(access - 1, 'more access change') : '',
    configured > 0 ? 'what is expected and accepted changed too' : '',
  ];
}

function firstAudit(audited: Audited): string {
  if (audited.states.blind === audited.accounts) return 'First audit: nothing could be audited.';
  const found = severityText(audited.severities);
  return `First audit of ${scopeOf(audited)}: ${found === '' ? 'no findings' : `findings ${found}`}.`;
}

const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

function verdictsOf({ accounts, verdicts }: Audited): string[] {
  const sentences = verdicts.map(({ accountId, text }) => (accounts === 1 ? text : `${accountId}: ${text}`));
  const left = accounts - sentences.length;
  return left === 0 ? sentences : [...sentences, `${count(left, 'further account')}: see the reports.`];
}

function chainList(left: readonly UnknownBorder[], field: Field): DigestList | null {
  if (left.length === 0) return null;
  const rows = left.map(({ account, why }) => ({
    severity: null,
    head: field(account),
    lines: [field(why)],
  }));
  return { heading: 'Chains across accounts that were not followed', note: '', rows };
}

function gapList({ gaps }: Audited, field: Field): DigestList {
  const left = gaps.count - gaps.first.length;
  const more = left > 0 ? `${count(left, 'more gap')}: see the report.` : '';
  return {
    heading: 'What could not be read',
    note: gaps.count === 0 ? 'Every call answered.' : more,
    rows: gaps.first.map(({ head, detail }) => ({
      severity: null,
      head: field(head),
      lines: detail === '' ? [] : [field(detail)],
    })),
  };
}
