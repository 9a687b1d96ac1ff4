import type { Random } from '../random.ts';
import type { Company, Team } from './company.ts';

export type PersonKind =
  | 'admin'
  | 'developer'
  | 'operator'
  | 'lead'
  | 'auditor'
  | 'support'
  | 'database'
  | 'network'
  | 'power'
  | 'service'
  | 'none';

/** A holder of a user: a person, or a program that signs in as one. */
export interface Person {
  readonly name: string;
  readonly kind: PersonKind;
  readonly team: Team;
  readonly arn: string;
  readonly path: string;
}

/** The number of each kind in a hundred users. A small account has one of each, in this order. */
const KINDS: readonly (readonly [PersonKind, number])[] = [
  ['admin', 0.4],
  ['developer', 52],
  ['operator', 15],
  ['service', 12],
  ['lead', 5],
  ['none', 2],
  ['auditor', 4],
  ['power', 3],
  ['support', 3],
  ['database', 2],
  ['network', 1.6],
];

const FIRST =
  'ada alan barbara claude dana dennis edsger emmy frances grace guido hedy ivan jean joan john karen katherine ken kurt larry leslie lin margaret marvin mary niklaus radia ray robin shafi sophie stephen tim tony vint whitfield'.split(
    ' ',
  );
const LAST =
  'allen babbage backus bartik bell cerf church clarke codd cook dahl diffie estrin floyd goldberg gosling hamilton hoare hopper iverson jacobs karp kay knuth lamport liskov lovelace milner minsky naur nygaard perlis ritchie scott shamir simon sutherland tarjan turing wirth wilkes'.split(
    ' ',
  );

export function hirePeople(company: Company, count: number, random: Random): readonly Person[] {
  return Array.from({ length: count }, (_, i) => {
    const kind = KINDS[i]?.[0] ?? drawKind(random);
    const team = random.pick(company.teams);
    const name = kind === 'service' ? `svc-${team.name}-${i}` : nameOf(i);
    const path = kind === 'service' ? '/service/' : '/';
    return { name, kind, team, path, arn: `arn:aws:iam::${company.accountId}:user${path}${name}` };
  });
}

function drawKind(random: Random): PersonKind {
  let at = random.next() * KINDS.reduce((sum, [, share]) => sum + share, 0);
  for (const [kind, share] of KINDS) {
    at -= share;
    if (at < 0) return kind;
  }
  return 'developer';
}

function nameOf(i: number): string {
  const round = Math.floor(i / (FIRST.length * LAST.length));
  const last = LAST[Math.floor(i / FIRST.length) % LAST.length];
  return `${FIRST[i % FIRST.length]}.${last}${round === 0 ? '' : round + 1}`;
}
