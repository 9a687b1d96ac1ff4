import type { CellFilter } from '../lib/matrix/answers/find-groups.ts';
import type { Audit } from '../lib/pipeline/load.ts';
import { shortList } from '../lib/policy/counted.ts';
import { InputError } from '../lib/ports/input-error.ts';
import { shortPrincipal } from '../lib/render/names.ts';
import { SetHolders } from '../lib/snapshot/held-by.ts';
import { oneLine } from './messages.ts';
import { namedFilter, type TypedNames } from './named-filter.ts';
import { openForCells } from './open-run.ts';

/** Roles that an answer lists. */
const MOST_ROLES = 10;

interface Opened {
  readonly audit: Audit & { readonly filter: CellFilter };
  /** see `namedFilter` */
  readonly check: (takenAt: string) => void;
}

/**
 * The latest run with a filter whose names are resolved in that run. If it has no such principal, the name
 * may be a person or a group of Identity Center with a permission set: then its role is used, and standard
 * error says so. Throws an InputError if there are several.
 */
export async function openNamed(
  dir: string,
  typed: TypedNames,
  rest: Omit<CellFilter, keyof TypedNames>,
  most?: number,
): Promise<Opened> {
  const first = namedFilter(typed, rest);
  const audit = await openForCells('--in', dir, first.filter, most);
  const { principal } = typed;
  const known = audit.matrix.principals.some(({ arn }) => arn === audit.filter.principal);
  if (principal === undefined || known) return { audit, check: first.check };
  const roles = rolesOf(principal, audit);
  const [role, ...others] = roles;
  if (role === undefined) return { audit, check: first.check };
  if (others.length > 0) throw new InputError(severalRoles(principal, roles));
  process.stderr.write(
    `${oneLine(`\`${principal}\` holds ${shortPrincipal(role)}: the answer is about that role`)}\n`,
  );
  const second = namedFilter({ ...typed, principal: role }, rest);
  return { audit: await openForCells('--in', dir, second.filter, most), check: second.check };
}

/** Roles of the permission sets that a person or group of this name holds. */
function rolesOf(typed: string, { matrix, snapshot }: Audit): readonly string[] {
  const holders = new SetHolders(snapshot);
  const text = typed.trim().toLowerCase();
  return matrix.principals
    .map(({ arn }) => arn)
    .filter(
      (arn) =>
        holders.groupNames(arn).some((name) => name.toLowerCase() === text) ||
        holders.known(arn).some((name) => isCalled(name.toLowerCase(), text)),
    );
}

/** In most directories people sign in with an address, and are known by the part before the `@`. */
const isCalled = (name: string, text: string): boolean => name === text || name.split('@')[0] === text;

function severalRoles(typed: string, roles: readonly string[]): string {
  const shown = shortList(roles, MOST_ROLES, { text: (arn) => `\`${shortPrincipal(arn)}\`` });
  return `--principal: \`${typed}\` holds ${roles.length} permission sets: ${shown}: name one of them`;
}
