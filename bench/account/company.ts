import type { Random } from '../random.ts';

/** A team and its applications. */
export interface Team {
  readonly name: string;
  readonly costCenter: string;
  readonly regions: readonly string[];
}

/** An application: what its instances run, and who owns them. */
export interface App {
  readonly name: string;
  readonly team: Team;
}

/**
 * The organisation for which an account is generated; the account's size decides the number of teams and applications.
 */
export interface Company {
  readonly accountId: string;
  /** sorted */
  readonly regions: readonly string[];
  readonly teams: readonly Team[];
  readonly apps: readonly App[];
  /** accounts of partners and vendors */
  readonly outsideAccounts: readonly string[];
}

const FIELDS =
  'payments search catalog identity ledger risk checkout orders pricing shipping returns loyalty media ads mobile web data streaming reporting billing fraud support notifications inventory partners compliance marketplace reviews maps telemetry'.split(
    ' ',
  );
const SIDES = ['', '-core', '-edge', '-platform', '-batch', '-tools', '-labs', '-growth', '-emea', '-apac'];
const PARTS =
  'api web worker cache db gateway scheduler indexer proxy queue ingest exporter batch admin model'.split(
    ' ',
  );

export const ACCOUNT = '111122223333';
const REGIONS = ['ap-southeast-2', 'eu-west-1', 'us-east-1'] as const;

/** With twice as many principals and instances there are about 1.4 times as many teams and applications. */
export function foundCompany(principals: number, instances: number, random: Random): Company {
  const teams = Array.from({ length: between(Math.sqrt(principals) * 0.9, 3, 300) }, (_, i) =>
    foundTeam(i, random),
  );
  const apps = Array.from({ length: between(Math.sqrt(instances) * 1.6, 3, 2000) }, (_, i) => {
    const team = teams[i % teams.length] as Team;
    const round = Math.floor(i / teams.length);
    const number = Math.floor(round / PARTS.length);
    return { name: `${team.name}-${PARTS[round % PARTS.length]}${number === 0 ? '' : number + 1}`, team };
  });
  const outside = between(Math.sqrt(principals) / 4, 1, 60);
  return {
    accountId: ACCOUNT,
    regions: REGIONS,
    teams,
    apps,
    outsideAccounts: Array.from({ length: outside }, (_, i) => String(444455556666 + i * 1_000_003)),
  };
}

function foundTeam(index: number, random: Random): Team {
  const side = SIDES[Math.floor(index / FIELDS.length) % SIDES.length];
  const regions = REGIONS.filter(() => random.chance(0.6));
  return {
    name: `${FIELDS[index % FIELDS.length]}${side}`,
    costCenter: String(4100 + index),
    regions: regions.length === 0 ? ['us-east-1'] : regions,
  };
}

function between(count: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, Math.round(count)));
}
