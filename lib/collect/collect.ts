import type { AccountSource } from '../ports/account-source.ts';
import type { Clock } from '../ports/clock.ts';
import { InputError } from '../ports/input-error.ts';
import type { Progress } from '../ports/progress.ts';
import { canonicalSnapshot } from '../snapshot/canonical.ts';
import { REGIONS_CALL } from '../snapshot/carry.ts';
import { instancesOnce } from '../snapshot/instances-once.ts';
import { EMPTY_IAM, type IamPart, placeOf, problemPlace, unknownRegion } from '../snapshot/parts.ts';
import type { RegionSnapshot, Snapshot } from '../snapshot/snapshot.ts';
import { CALLS, callNamed } from './calls.ts';
import { text } from './fields.ts';
import { collectIam } from './iam.ts';
import { collectIdentityCenter } from './identity-center.ts';
import type { AnswerPlace } from './instances.ts';
import { collectOrganization } from './organization.ts';
import { onePage } from './pages.ts';
import type { KeptParts } from './part-scope.ts';
import { iamOnce, serviceOnce } from './parts.ts';
import { inOtherZones, placements } from './placement.ts';
import { leftOutTexts, type Reading, readCall, startReading } from './reading.ts';
import { collectService } from './service.ts';
import { tellUnread } from './unread-files.ts';

/** The account of a snapshot. */
type Account = Pick<Snapshot, 'accountId' | 'partition'>;

/**
 * Reads one account with every call of the table. `at` is the start of the reading; the clock dates each call. A failed
 * call is a gap in coverage, and what `parts` holds is not read again. Throws an InputError only if nothing says which
 * account this is.
 */
export async function collectAccount(
  source: AccountSource,
  at: Date,
  progress: Progress,
  { clock = { now: () => at }, parts }: { readonly clock?: Clock; readonly parts?: KeptParts } = {},
): Promise<Snapshot> {
  const reading = startReading(source, progress, clock, parts);
  const regions = await source.regions();
  noteRegionsGap(reading, regions);
  noteNotAsked(reading);
  const caller = await readCall(reading, callNamed('sts.get-caller-identity'), null, CALLER);
  const iam = await iamOnce(reading, caller, (own) => collectIam(own));
  const account = accountOf(reading, caller, iam);
  const organization = await collectOrganization(reading);
  const identityCenter = await collectIdentityCenter(reading, { ...account, roles: iam?.roles ?? [] });
  if (regions.length === 0) noteNoRegion(reading);
  const read = await Promise.all(regions.map((region) => collectRegion(reading, { ...account, region })));
  await noteUnread(source, progress);
  const { policies, ...identities } = iam ? ofAccount(reading, iam, account.accountId) : EMPTY_IAM;
  return canonicalSnapshot({
    schemaVersion: 2,
    ...account,
    takenAt: at.toISOString(),
    policies: [...policies, ...(organization?.policies ?? [])],
    ...identities,
    organization: organization?.organization ?? null,
    ...(identityCenter && { identityCenter }),
    regions: eachInstanceOnce(reading, read),
    coverage: reading.coverage,
    problems: reading.problems,
    kept: reading.kept,
  });
}

/**
 * Each instance in one region. A copy in another region is left out. Problems and the region's coverage report that, and
 * instances that are in no zone of their region.
 */
function eachInstanceOnce(reading: Reading, read: readonly RegionSnapshot[]): readonly RegionSnapshot[] {
  const { regions, problems: copies } = instancesOnce(read, placements(read));
  const problems = [...copies, ...inOtherZones(regions)];
  for (const [place, of] of Map.groupBy(problems, ({ path }) => problemPlace(path))) {
    const at = reading.coverage.findIndex((entry) => placeOf(entry) === place);
    const entry = reading.coverage[at];
    const detail = [entry?.detail ?? '', ...leftOutTexts(of)].filter((part) => part !== '').join('; ');
    if (entry) reading.coverage[at] = { ...entry, detail };
  }
  reading.problems.push(...problems);
  return regions;
}

/** Services that are read in each region, in the order of the table. */
export const REGIONAL_SERVICES: readonly string[] = [
  ...new Set(CALLS.filter(({ scope }) => scope === 'region').map(({ service }) => service)),
];

/** Reads all services of one region. */
export async function collectRegion(reading: Reading, place: AnswerPlace): Promise<RegionSnapshot> {
  let part: RegionSnapshot = unknownRegion(place.region);
  for (const service of REGIONAL_SERVICES)
    part = {
      ...part,
      ...(await serviceOnce(reading, place, service, (own) => collectService(own, place, service))),
    };
  return part;
}

const CALLER = onePage((answer) => {
  const value = callerOf(text(answer.fields, 'Account'), text(answer.fields, 'Arn'));
  if (value === null) answer.note('$.Account', 'is not an account id of 12 digits');
  return { value, items: null };
});

function callerOf(accountId: string | null, arn: string | null): Account | null {
  if (accountId === null || !/^\d{12}$/.test(accountId)) return null;
  return { accountId, partition: arn?.split(':')[1] || 'aws' };
}

/** Principals of another account are reported, and not judged as if they were of this one. */
function ofAccount(reading: Reading, iam: IamPart, accountId: string): IamPart {
  const isOwn = ({ arn }: { readonly arn: string }): boolean => {
    const of = arn.split(':')[4];
    if (of === accountId) return true;
    const message = `left out: \`${arn}\` is of account ${of}, and this is ${accountId}`;
    reading.problems.push({ path: 'iam.get-account-authorization-details $', message });
    return false;
  };
  return {
    ...iam,
    users: iam.users.filter(isOwn),
    groups: iam.groups.filter(isOwn),
    roles: iam.roles.filter(isOwn),
  };
}

/** The account of the caller, or else the account of the principals. */
function accountOf(reading: Reading, caller: Account | null, iam: IamPart | null): Account {
  const holder = holderOf(iam ?? EMPTY_IAM, caller);
  const account = holder ?? caller;
  if (account === null) throw new InputError(nothingToWorkOn(reading));
  if (caller && holder && caller.accountId !== holder.accountId) noteOtherAccount(reading, caller, holder);
  return account;
}

/** The account of the principals: the caller's if one of them is of it, else that of the first principal. */
function holderOf({ users, roles, groups }: IamPart, caller: Account | null): Account | null {
  const arns = [...users, ...roles, ...groups].map(({ arn }) => arn);
  const own = arns.find((arn) => accountIn(arn) === caller?.accountId);
  const arn = own ?? arns[0];
  return arn === undefined ? null : callerOf(accountIn(arn), arn);
}

const accountIn = (arn: string): string | null => arn.split(':')[4] ?? null;

function noteOtherAccount(reading: Reading, caller: Account, holder: Account): void {
  const index = reading.coverage.findIndex((entry) => entry.call === 'sts.get-caller-identity');
  const entry = reading.coverage[index];
  const detail = `it names account ${caller.accountId}, but the principals are of ${holder.accountId}: that one was taken`;
  if (entry) reading.coverage[index] = { ...entry, status: 'unreadable', detail };
}

function nothingToWorkOn(reading: Reading): string {
  const needed = ['sts.get-caller-identity', 'iam.get-account-authorization-details'];
  const reasons = needed.map((call) => {
    const entry = reading.coverage.find((one) => one.call === call);
    return `\`${call}\`: ${entry?.detail || 'names no account'}`;
  });
  return `nothing says which account this is: ${reasons.join('; ')}`;
}

/** If the list of regions could not be read, a missing region may well be in use. */
function noteRegionsGap(reading: Reading, read: readonly string[]): void {
  const gap = reading.source.regionsGap?.() ?? null;
  if (gap === null) return;
  const askedAt = reading.clock.now().toISOString();
  const detail = `read in ${read.join(', ')} only, whatever other regions hold: ${gap.detail}`;
  const entry = { region: null, items: null, askedAt, readAt: null };
  reading.coverage.push({ call: REGIONS_CALL, ...entry, status: gap.status, detail });
}

/** Nothing is known about a region that is left out on purpose. */
function noteNotAsked({ source, clock, coverage }: Reading): void {
  const entry = { call: REGIONS_CALL, status: 'not-collected', reason: 'not-asked', items: null } as const;
  const askedAt = clock.now().toISOString();
  for (const { region, detail } of source.notAsked?.() ?? [])
    coverage.push({ ...entry, region, detail, askedAt, readAt: null });
}

function noteNoRegion(reading: Reading): void {
  const detail =
    'there is no region to read: a folder needs one named as its region, such as `us-east-1`, and a live scan one that is switched on';
  const entry = { region: null, status: 'not-collected', detail, items: null } as const;
  reading.coverage.push({ call: 'ec2.describe-instances', ...entry });
}

async function noteUnread(source: AccountSource, progress: Progress): Promise<void> {
  for (const line of tellUnread((await source.unread?.()) ?? [])) progress.step(line);
}
