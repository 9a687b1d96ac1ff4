import { didYouMean } from '../policy/nearest.ts';
import { InputError } from '../ports/input-error.ts';
import { ALL_REGIONS } from '../reference/regions.ts';

const FORM = /^[a-z]{2,}(-[a-z]+)+-\d+$/;

export const isRegionName = (name: string): boolean => FORM.test(name);

/**
 * The regions of a list, each once; an empty list means none. Throws an InputError that names the first
 * unknown region, with the nearest one: nothing would be found in a mistyped region.
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

/** Throws an InputError if AWS has no such region; `what` says where the name comes from. */
export function mustBeRegion(what: string, name: string): void {
  if (ALL_REGIONS.includes(name)) return;
  throw new InputError(`${what} is no region of AWS${didYouMean(name, ALL_REGIONS)}: name one that there is`);
}
