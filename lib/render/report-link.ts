import { safeUrl } from './escape.ts';

/**
 * How a reader gets to a place in a page: by a link, or by adding the place to the address of the opened page. The S3
 * console opens an object by an address that it makes itself, and drops the place.
 */
export type Place = { readonly url: string } | { readonly add: string };

/** Null: the file has no places, or the link is not safe. `place`: `#change-...` */
export function placeIn(url: string, place: string): Place | null {
  if (place === '' || !url.endsWith('.html')) return null;
  if (isConsole(url)) return { add: place };
  const safe = safeUrl(`${url}${place}`);
  return safe === null ? null : { url: safe };
}

/** Said once beside places that are to be added. */
export const ADD_PLACE =
  'The S3 console opens a report at its start: choose Open, then add the part with # of an entry to the address.';

export const isConsole = (url: string): boolean => url.includes('/s3/object/');
