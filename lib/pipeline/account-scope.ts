/** Which accounts a deployment scans, as the setting `AccountIds` names them. */
export interface AccountScope {
  /** accounts that are named by their ids, and not excluded */
  readonly accounts: readonly string[];
  /** roots and organisational units; `organization` is every account of it */
  readonly units: readonly string[];
  readonly without: { readonly accounts: readonly string[]; readonly units: readonly string[] };
}

/** Every account of the organisation, as a unit. */
export const ORGANIZATION = 'organization';

const ACCOUNT = /^\d{12}$/;
/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccountsForParent.html */
const UNIT = /^(?:ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|r-[0-9a-z]{4,32}|organization)$/;

/**
 * `organization`, ids of accounts, organisational units and roots; `-` before an id excludes it. Throws an
 * Error that names the first invalid entry.
 */
export function accountScope(listed: readonly string[]): AccountScope {
  const entries = listed.flatMap((one) => one.trim() || []).map(entryOf);
  const isScanned = entries.some(({ isOut }) => !isOut);
  if (entries.length > 0 && !isScanned) {
    throw new Error(
      `\`${listed.join(',')}\` only leaves accounts out: name what to scan, such as \`${ORGANIZATION}\``,
    );
  }
  const ids = (isOut: boolean, form: RegExp): readonly string[] => {
    const named = entries.filter((entry) => entry.isOut === isOut && form.test(entry.id));
    return [...new Set(named.map(({ id }) => id))].sort();
  };
  const without = { accounts: ids(true, ACCOUNT), units: ids(true, UNIT) };
  return {
    accounts: ids(false, ACCOUNT).filter((id) => !without.accounts.includes(id)),
    ...{ units: ids(false, UNIT), without },
  };
}

function entryOf(entry: string): { readonly id: string; readonly isOut: boolean } {
  const isOut = entry.startsWith('-');
  const id = isOut ? entry.slice(1).trim() : entry;
  const isKnown = ACCOUNT.test(id) || (UNIT.test(id) && !(isOut && id === ORGANIZATION));
  if (!isKnown) throw new Error(notAnAccount(entry));
  return { id, isOut };
}

const notAnAccount = (entry: string): string =>
  `\`${entry}\` is not an account id of 12 digits, an organisational unit (\`ou-...\`), a root (\`r-...\`) or \`${ORGANIZATION}\`: list these, separated by commas, with \`-\` before what is left out`;

/** Whether AWS Organizations is needed to list the accounts. */
export const asksOrganization = ({ units, without }: AccountScope): boolean =>
  units.length + without.units.length > 0;
