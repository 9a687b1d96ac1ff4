import { didYouMean } from '../policy/nearest.ts';
import { InputError } from '../ports/input-error.ts';
import { ALL_REGIONS } from '../reference/regions.ts';

const FORM = /^[a-z]{2,}(-[a-z]+)+-\d+$/;

export const isRegionName = (name: string): boolean => FORM.test(name);

/**
 * The regions of a list, each once; an empty list names none. Throws an InputError that names the first entry that is no
 * region of AWS, with the nearest one: a mistyped region would be one in which nothing is found.
 */
export function namedRegions(listed: readonly string[]): readonly string[] {
  for (const name of listed) {
    if (!isRegionName(name)) {
      throw new InputError(`\`${name}\` is not a region: write them as \`us-east-1,eu-west-1\``);
    }
    mustBeRegion(`\`${name}\``, name);
  }
  return [...new Set(listed)];
}

/** Throws an InputError where AWS has no such region; `what` says where the name was found. */
export function mustBeRegion(what: string, name: string): void {
  if (ALL_REGIONS.includes(name)) return;
  throw new InputError(`${what} is no region of AWS${didYouMean(name, ALL_REGIONS)}: name one that there is`);
}
