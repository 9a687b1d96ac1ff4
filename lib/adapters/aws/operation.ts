import type { SourceCall } from '../../ports/account-source.ts';
import type { Clients } from './clients.ts';

/** All pages of an answer, or its only one. */
export type Pages = AsyncIterable<object> | Promise<object>;

export async function allPages<Page>(answered: AsyncIterable<Page> | Promise<Page>): Promise<Page[]> {
  const pages: Page[] = [];
  for await (const page of pagesOf(answered)) pages.push(page);
  return pages;
}

/** Page by page. */
export async function* pagesOf<Page>(answered: AsyncIterable<Page> | Promise<Page>): AsyncGenerator<Page> {
  if (answered instanceof Promise) yield await answered;
  else yield* answered;
}

/** How the SDK makes one call. */
export type Operation = (clients: Clients, call: SourceCall) => Pages;

function regionOf({ service, operation, region }: SourceCall): string {
  if (region === null) throw new TypeError(`\`${service}.${operation}\` needs a region, and none was given`);
  return region;
}

/** An operation of a service with one client per region; `argument` is empty if the call has no subject. */
export const regional =
  <Client>(clientOf: (clients: Clients) => (region: string) => Client) =>
  (ask: (client: Client, argument: string) => Pages): Operation =>
  (clients, call) =>
    ask(clientOf(clients)(regionOf(call)), call.argument ?? '');
