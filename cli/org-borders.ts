import type { Border } from '../lib/across/border.ts';
import type { OrganizationBorders } from '../lib/across/organization-borders.ts';
import { borderOfRun } from '../lib/pipeline/border-file.ts';
import { count, thousands } from '../lib/policy/counted.ts';
import { didYouMean } from '../lib/policy/nearest.ts';
import { InputError } from '../lib/ports/input-error.ts';
import { shortPrincipal } from '../lib/render/names.ts';
import type { AccountReach } from '../lib/render/org/account-reach.ts';
import {
  type OwnBorder,
  type PrincipalReach,
  principalsOf,
  reachOfPrincipals,
} from '../lib/render/org/principal-reach.ts';
import { viaText } from '../lib/render/org/reach-section.ts';
import { callsOf } from './names.ts';
import { openLatest } from './open-run.ts';
import { outputWidth } from './output.ts';
import { type Field, renderRecords } from './records.ts';

/**
 * What the latest run of a folder wrote for chains across accounts. Throws an InputError if it cannot be
 * read.
 */
export async function borderIn(folder: string): Promise<Border> {
  const { store, run } = await openLatest('--in', folder);
  return borderOfRun(store, run);
}

/** The principals that a text names, in any account: a permission set has a role in each. */
function principalsCalled(typed: string, borders: readonly OwnBorder[]): ReturnType<typeof principalsOf> {
  const text = typed.trim();
  const all = principalsOf(borders);
  const exactly = all.filter(({ principal }) => principal === text || callsOf(principal).includes(text));
  if (exactly.length > 0) return exactly;
  const lower = text.toLowerCase();
  const found = all.filter(({ principal }) =>
    callsOf(principal).some((call) => call.toLowerCase() === lower),
  );
  if (found.length > 0) return found;
  const known = text.startsWith('arn:')
    ? all.map(({ principal }) => principal)
    : all.flatMap(({ principal }) => callsOf(principal));
  throw new InputError(`no account has a principal \`${typed}\`${didYouMean(text, known)}`);
}

export const principalReaches = (
  typed: string,
  borders: OrganizationBorders,
  own: readonly OwnBorder[],
): readonly PrincipalReach[] => reachOfPrincipals(borders, principalsCalled(typed, own));

interface ReachRow extends Pick<AccountReach, 'accountId' | 'strongest' | 'instances' | 'production'> {
  readonly principal: string;
  readonly way: string;
  readonly condition: string;
}

const FIELDS: readonly Field<ReachRow>[] = [
  { title: 'principal', value: ({ principal }) => principal, whole: true },
  { title: 'account', value: ({ accountId }) => accountId, whole: true },
  { title: 'at most', value: ({ strongest }) => strongest },
  { title: 'instances', value: ({ instances }) => thousands(instances), align: 'right' },
  { title: 'production', value: ({ production }) => thousands(production), align: 'right' },
  { title: 'by', value: ({ way }) => way },
  { title: 'condition', value: ({ condition }) => condition },
];

export function reachTable(reaches: readonly PrincipalReach[]): string {
  const rows = reaches.flatMap(rowsOf);
  const counts = [
    count(reaches.length, 'principal'),
    count(new Set(reaches.flatMap(accountsIn)).size, 'account'),
  ];
  const table = rows.length === 0 ? '' : `${renderRecords(rows, FIELDS, outputWidth())}\n`;
  return `${table}${counts[0]} on instances of ${counts[1]}\n`;
}

const accountsIn = ({ accountId, own, accounts }: PrincipalReach): readonly string[] => [
  ...(own.instances > 0 ? [accountId] : []),
  ...accounts.map((one) => one.accountId),
];

function rowsOf({ principal, accountId, own, accounts }: PrincipalReach): readonly ReachRow[] {
  const name = shortPrincipal(principal);
  const { strongest, instances, production } = own;
  const home = { principal: name, accountId, strongest, instances, production, way: 'itself', condition: '' };
  return [
    ...(instances > 0 ? [home] : []),
    ...accounts.map((one) => ({
      ...{ ...one, principal: name, way: viaText(one.via) },
      condition: one.condition?.text ?? (one.missing === undefined ? '' : `not known without ${one.missing}`),
    })),
  ];
}
