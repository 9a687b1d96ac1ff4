import { ACCESS_PATHS } from '../lib/matrix/paths/access-paths.ts';
import type { PathId } from '../lib/matrix/paths/cell.ts';
import { InputError } from '../lib/ports/input-error.ts';
import { didYouMean } from './nearest.ts';

/** The access path of an option. Throws an InputError that names the nearest one where there is none of that id. */
export function pathId(typed: string): PathId {
  const known = ACCESS_PATHS.map(({ id }) => id);
  const found = known.find((id) => id === typed);
  if (found !== undefined) return found;
  throw new InputError(
    `--path: there is no access path \`${typed}\`${didYouMean(typed, known)}: the paths are ${known.join(', ')}`,
  );
}
