import { inflateSync } from 'node:zlib';

/** The markup of the page without its style, script and data. */
export function markupOf(page: string): string {
  return page
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<script.*<\/script>/s, '')
    .replace(/sha256-[\w+/=]+/g, 'sha256-');
}

/** The script that the page runs. */
export const scriptOf = (page: string): string => /<script>(.*?)<\/script>/s.exec(page)?.[1] ?? '';

/** The data that the script reads before anything is unpacked. */
export const headOf = (page: string): string =>
  /<script type="application\/json" id="head">(.*?)<\/script>/s.exec(page)?.[1] ?? '';

/** The packed parts by name, as in the page. */
export const packedOf = (page: string): ReadonlyMap<string, string> =>
  new Map(
    [...page.matchAll(/<script type="application\/zlib" id="chunk-([\w-]+)">([\w+/=]*)<\/script>/g)].map(
      ([, name = '', text = '']) => [name, text],
    ),
  );

/** A packed part. */
export const chunkOf = (page: string, name: string): unknown =>
  JSON.parse(inflateSync(Buffer.from(packedOf(page).get(name) ?? '', 'base64')).toString('utf8'));
