import type { CellFilter } from '../lib/matrix/answers/find-groups.ts';
import type { MatrixNames } from '../lib/matrix/stored/matrix-reader.ts';
import { InputError } from '../lib/ports/input-error.ts';
import { type Resolved, resolveInstance, resolvePrincipal } from './names.ts';

/** Names as they were typed. */
export interface TypedNames {
  readonly principal?: string | undefined;
  readonly instance?: string | undefined;
}

/**
 * A filter whose names are read as an audit has them. What it does not have stays as it was typed, and `check` throws:
 * of an audit that was blind nobody can say what it should have, so that it is for the caller to say when.
 */
export function namedFilter(typed: TypedNames, rest: Omit<CellFilter, keyof TypedNames>) {
  const problems: string[] = [];
  const one = (option: keyof TypedNames, text: string, resolved: Resolved): string => {
    if ('name' in resolved) return resolved.name;
    problems.push(`--${option}: ${resolved.problem}`);
    return text;
  };
  const asked = (names: MatrixNames): CellFilter => ({
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
    // a name that several have is there
    const more = first.endsWith('name one of them') || first.endsWith('may do everything');
    throw new InputError(
      more ? first : `${first}: check the name, or scan again if it is newer than ${takenAt}`,
    );
  };
  return { asked, check };
}
