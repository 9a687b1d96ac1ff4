import type { CellFilter } from '../lib/matrix/answers/find-groups.ts';
import type { MatrixNames } from '../lib/matrix/stored/matrix-reader.ts';
import { InputError } from '../lib/ports/input-error.ts';
import { type ResolvedName, resolveInstance, resolvePrincipal } from './names.ts';

/** Names as they were typed. */
export interface TypedNames {
  readonly principal?: string | undefined;
  readonly instance?: string | undefined;
}

/**
 * A filter with the typed names resolved. A name that the audit does not have stays as typed, and `check`
 * throws. The caller decides when to call it, since the names of a blind audit are not known.
 */
export function namedFilter(typed: TypedNames, rest: Omit<CellFilter, keyof TypedNames>) {
  const problems: string[] = [];
  const one = (option: keyof TypedNames, text: string, resolved: ResolvedName): string => {
    if ('name' in resolved) return resolved.name;
    problems.push(`--${option}: ${resolved.problem}`);
    return text;
  };
  const filter = (names: MatrixNames): CellFilter => ({
    ...rest,
    ...(typed.principal !== undefined && {
      principal: one('principal', typed.principal, resolvePrincipal(typed.principal, names)),
    }),
    ...(typed.instance !== undefined && {
      instance: one('instance', typed.instance, resolveInstance(typed.instance, names)),
    }),
  });
  const check = (takenAt: string): void => {
    const [first] = problems;
    if (first === undefined) return;
    // a name that several things have is known
    const more = first.endsWith('name one of them') || first.endsWith('may do everything');
    throw new InputError(
      more ? first : `${first}: check the name, or scan again if it is newer than ${takenAt}`,
    );
  };
  return { filter, check };
}
