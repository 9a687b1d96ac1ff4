import type { SourceCall, SourceGap } from '../../ports/account-source.ts';
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

/**
 * The largest page of most services, so that an account takes few calls. Operations name another one if the service
 * has another limit.
 */
export const PAGE = 100;

/** How the SDK makes one call. */
export type Operation = (clients: Clients, call: SourceCall) => Pages;

/** The answer for a call that the source has no operation for. */
export const unknownCall = ({ service, operation }: SourceCall): SourceGap => ({
  status: 'not-collected',
  detail: `\`${service}.${operation}\` is not a call that this source makes`,
});

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
