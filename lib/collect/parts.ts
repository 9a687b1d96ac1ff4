import {
  EMPTY_IAM,
  type IamPart,
  iamPart,
  REGION_CALLS,
  REGION_FIELDS,
  unknownRegion,
} from '../snapshot/parts.ts';
import type { CoverageEntry, RegionSnapshot, Snapshot } from '../snapshot/snapshot.ts';
import { FoundIds } from './found-ids.ts';
import type { AnswerPlace } from './instances.ts';
import type { PartScope } from './part-scope.ts';
import type { Reading } from './reading.ts';

/** A failed call is made again; a denied one is not, unless the session was the reason. */
const isSettled = ({ status, reason }: CoverageEntry): boolean =>
  status === 'collected' || (status === 'denied' && reason !== 'session');

type Account = Pick<Snapshot, 'accountId' | 'partition'>;

/** IAM, from its stored part if there is one. */
export async function iamOnce(
  reading: Reading,
  account: Account | null,
  read: (own: Reading) => Promise<IamPart | null>,
): Promise<IamPart | null> {
  const once = new Once(reading, account, { service: 'iam', region: null });
  const kept = await once.kept();
  if (kept !== null) return iamPart(kept);
  const part = await read(once.own);
  await once.end(part);
  return part;
}

/** One service of a region, from its stored part if there is one. */
export async function serviceOnce(
  reading: Reading,
  place: AnswerPlace,
  service: string,
  read: (own: Reading) => Promise<Partial<RegionSnapshot>>,
): Promise<Partial<RegionSnapshot>> {
  const once = new Once(reading, place, { service, region: place.region });
  const kept = await once.kept();
  if (kept !== null) return fieldsOfService(kept, place.region, service);
  const fields = await read(once.own);
  await once.end({ regions: [{ ...unknownRegion(place.region), ...fields }] });
  return fields;
}

function fieldsOfService(part: Snapshot, region: string, service: string): Partial<RegionSnapshot> {
  const known = part.regions.find((one) => one.region === region);
  const own = REGION_FIELDS.filter((field) => REGION_CALLS[field].startsWith(`${service}.`));
  return Object.fromEntries(own.map((field) => [field, known?.[field] ?? null]));
}

/** The reading of one scope, which then becomes part of the whole one. */
class Once {
  readonly own: Reading;
  readonly #reading: Reading;
  readonly #account: Account | null;
  readonly #scope: PartScope;
  readonly #begun: Date;

  constructor(reading: Reading, account: Account | null, scope: PartScope) {
    this.own = { ...reading, coverage: [], problems: [], kept: [], found: new FoundIds() };
    this.#reading = reading;
    this.#account = account;
    this.#scope = scope;
    this.#begun = reading.clock.now();
  }

  async kept(): Promise<Snapshot | null> {
    if (this.#account === null) return null;
    const part = (await this.#reading.parts?.get(this.#scope, this.#account.accountId)) ?? null;
    if (part !== null) this.#tell(part);
    return part;
  }

  async end(part: Partial<Snapshot> | null): Promise<void> {
    this.#tell(this.own);
    const { coverage, problems, kept } = this.own;
    const { parts } = this.#reading;
    if (parts === undefined || this.#account === null || part === null || !coverage.every(isSettled)) return;
    const { accountId, partition } = this.#account;
    await parts.put(this.#scope, {
      ...{ schemaVersion: 2, accountId, partition, takenAt: this.#begun.toISOString() },
      ...{ ...EMPTY_IAM, organization: null, regions: [] },
      ...part,
      ...{ coverage, problems, kept },
    });
  }

  #tell({ coverage, problems = [], kept = [] }: Pick<Snapshot, 'coverage' | 'problems' | 'kept'>): void {
    this.#reading.coverage.push(...coverage);
    this.#reading.problems.push(...problems);
    this.#reading.kept.push(...kept);
  }
}
