import type { Team } from '../findings/expected/expected.ts';
import { once } from '../memory/once.ts';
import type { Clock } from '../ports/clock.ts';
import type { Mailer } from '../ports/mailer.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { type MailSettings, sendDigest } from '../publish/send-digest.ts';
import type { SendOncePorts } from '../publish/send-once.ts';
import type { UnknownBorder } from '../render/org/org-reach.ts';
import { type DigestGatherer, digestContent, renderedFor, teamsOf } from './digest-content.ts';
import { mailRecordKey, unsentOfRun } from './keys.ts';
import { readLatest } from './latest.ts';
import { standingOf } from './standing.ts';
import { type Read, readUnsentDigest, type UnsentDigest, unsentDigests } from './unsent.ts';

export interface MailedOutput {
  readonly mails: number;
  /** digests that are still in `unsent/` */
  readonly waiting: number;
  /** those of them that another command is mailing now */
  readonly beingSent: number;
  /** accounts whose report could not be read for the digest of this run */
  readonly leftOut: number;
  readonly oldestSeconds: number | null;
  readonly problems: readonly string[];
}

/**
 * Digests that may wait: beyond that the oldest are dropped, since each newer one shows the current state.
 */
const mostDigests = 5;

interface About {
  readonly run: string;
  readonly reportBase: string | undefined;
  /** the page over all accounts; null: there is none */
  readonly organization: string | null;
  /** chains across accounts that this page does not follow */
  readonly chainsLeft?: readonly UnknownBorder[];
  /** data about the run, if it was gathered for that page */
  readonly gathered?: DigestGatherer | null;
}

interface Tally {
  mails: number;
  waiting: number;
  beingSent: number;
  leftOut: number;
  oldest: number;
  readonly problems: string[];
}

/**
 * Mails the digests that wait in `unsent/`, this run's first, each separately. Without receivers, none waits.
 */
export async function mailUnsent(
  ports: SendOncePorts,
  mails: { readonly mailer: Mailer; readonly mail: MailSettings } | null,
  about: About,
): Promise<MailedOutput> {
  const { store, clock } = ports;
  const tally: Tally = {
    ...{ mails: 0, waiting: 0, beingSent: 0, leftOut: 0 },
    ...{ oldest: Number.POSITIVE_INFINITY, problems: [] },
  };
  const keys = await unsentDigests(store);
  for (const key of keys.slice(0, mails === null ? keys.length : Math.max(0, keys.length - mostDigests))) {
    await giveUp(store, key, mails === null ? null : tally);
  }
  if (mails !== null) {
    const own = unsentOfRun('', about.run);
    const kept = keys.slice(-mostDigests);
    const first = kept.filter((key) => key.startsWith(own));
    for (const key of [...first, ...kept.filter((key) => !key.startsWith(own))]) {
      await take({ ...ports, ...mails }, key, about, tally);
    }
  }
  const { oldest, ...output } = tally;
  return { ...output, oldestSeconds: Number.isFinite(oldest) ? secondsSince(oldest, clock) : null };
}

const secondsSince = (moment: number, clock: Clock): number =>
  Math.round((clock.now().getTime() - moment) / 1000);

async function giveUp(store: ObjectStore, key: string, tally: Tally | null): Promise<void> {
  const there = await store.get(key);
  if (there === null) return;
  await store.delete(key, there.etag);
  tally?.problems.push(
    `the digest in \`${key}\` is given up: ${mostDigests} newer ones could not be mailed either`,
  );
}

type MailPorts = SendOncePorts & { readonly mailer: Mailer; readonly mail: MailSettings };

/** Handles one digest; a problem with it is reported and stops no other. */
async function take(ports: MailPorts, key: string, about: About, tally: Tally): Promise<void> {
  let read: Read<UnsentDigest> | null = null;
  try {
    read = await readUnsentDigest(ports.store, key);
    if (read === null) return;
    if (read.entry === null) throw new Error('it is damaged: delete it, the next scan mails what stands');
    const standing = await standingOfDigest(ports.store, read.entry);
    if (standing === 'pending') return;
    if (standing !== 'superseded' && !(await mailOne(ports, read.entry, about, tally))) {
      waits(read, tally);
      return;
    }
    await ports.store.delete(key, read.etag);
  } catch (error) {
    waits(read, tally);
    tally.problems.push(`cannot mail the digest in \`${key}\`: ${(error as Error).message}`);
  }
}

function waits(read: Read<UnsentDigest> | null, tally: Tally): void {
  tally.waiting += 1;
  const at = Date.parse(read?.entry?.at ?? '');
  if (!Number.isNaN(at)) tally.oldest = Math.min(tally.oldest, at);
}

/** A digest that was written before its run was the latest is valid only if the run became it. */
async function standingOfDigest(store: ObjectStore, { run, previous }: UnsentDigest) {
  if (previous === undefined) return 'adopted';
  const latest = await readLatest(store, '');
  return standingOf(store, '', latest.run, { run, previous });
}

/** Whether all of it was sent, now or before: the general one, and those of teams. */
async function mailOne(ports: MailPorts, entry: UnsentDigest, about: About, tally: Tally): Promise<boolean> {
  const { run } = entry;
  const teams = await teamsOf(ports.store, entry);
  const content = once(async () => {
    const read = await digestContent(ports.store, { ...about, teams }, entry);
    tally.leftOut += read.leftOut;
    tally.problems.push(...read.problems);
    return read;
  });
  const mail = async (name: string, to: readonly string[], team?: Team): Promise<boolean> => {
    const sent = await sendDigest(
      ports,
      { run: name, mail: { ...ports.mail, to }, recordKeyOf: (part) => mailRecordKey(name, part) },
      async () => renderedFor(await content(), team),
    );
    tally.mails += sent.mails;
    if (sent.beingSent) tally.beingSent += 1;
    tally.problems.push(...sent.problems);
    return sent.complete;
  };
  let complete = await mail(run, ports.mail.to);
  for (const team of teams) {
    complete = (await mail(`${run}-team-${team.name}`, team.to, team)) && complete;
  }
  return complete;
}
