import { type Filter, NO_FILTER } from './engine/filter.ts';

/** A view of the page: the part of the address after `#`. */
export interface Route {
  readonly view: string;
  /** the parts after the view, such as an ARN and an id */
  readonly what: readonly string[];
  readonly query: URLSearchParams;
}

/** Views whose sections are in the markup. */
export const STATIC_VIEWS: readonly string[] = ['summary', 'coverage', 'method'];
const VIEWS = [...STATIC_VIEWS, 'findings', 'matrix', 'instances', 'principals', 'drift', 'exceptions'];
const THINGS = ['instance', 'principal', 'cell', 'policy'];

/** The view of an address; null: it names no view. Mails and alerts link to `#finding-<id>` and `#change-<id>`. */
export function routeOf(hash: string): Route | null {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?', 2);
  const about = /^(finding|change)-(.+)$/s.exec(path);
  const params = new URLSearchParams(query);
  if (about) return { view: about[1] ?? '', what: [decoded(about[2] ?? '')], query: params };
  const [view = '', ...what] = path.split('/').map(decoded);
  if (view === '') return { view: 'summary', what: [], query: params };
  const isKnown = what.length === 0 ? VIEWS.includes(view) : THINGS.includes(view);
  return isKnown ? { view, what, query: params } : null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The entry of the contents that a view belongs to. */
export const homeOf = ({ view }: Route): string =>
  ({
    finding: 'findings',
    change: 'drift',
    instance: 'instances',
    principal: 'principals',
    cell: 'matrix',
    policy: 'findings',
  })[view] ?? view;

/** The filter in an address. */
export function filterOf(query: URLSearchParams): Filter {
  const names = Object.keys(NO_FILTER) as (keyof Filter)[];
  return Object.fromEntries(names.map((name) => [name, query.get(name) ?? ''])) as unknown as Filter;
}

/** The query with these values replaced; empty ones are left out. */
export function queryWith(query: URLSearchParams, values: Readonly<Record<string, string>>): string {
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(values)) {
    if (value === '') next.delete(name);
    else next.set(name, value);
  }
  const text = next.toString();
  return text === '' ? '' : `?${text}`;
}
