import { useEffect, useRef, useState } from 'preact/hooks';
import { thousands } from '../lib/policy/counted.ts';
import type { Client } from './client.ts';
import type { SearchHits } from './engine/search.ts';

/** A search in all principals, instances, policies and findings. `/` focuses it, arrow keys and Enter choose. */
export function SearchBox({ client }: { client: Client }) {
  const input = useRef<HTMLInputElement>(null);
  const { hits, at, flat, close, search, go, key } = useSearch(client, input);
  return (
    <search>
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-label="Search principals, instances, policies and findings"
        aria-expanded={hits !== null}
        aria-controls="search-hits"
        aria-autocomplete="list"
        aria-activedescendant={flat.length > 0 ? `hit-${at}` : undefined}
        placeholder="Search everything ( / )"
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => void search(event.currentTarget.value)}
        onKeyDown={key}
        onBlur={() => setTimeout(() => document.activeElement !== input.current && close(), 200)}
      />
      {hits !== null && <HitList hits={hits} at={at} go={go} />}
    </search>
  );
}

function useSearch(client: Client, input: { readonly current: HTMLInputElement | null }) {
  const [hits, setHits] = useState<readonly SearchHits[] | null>(null);
  const [at, setAt] = useState(0);
  useSlash(input);
  const flat = hits?.flatMap(({ first }) => first) ?? [];
  const close = (): void => setHits(null);
  const search = async (typed: string): Promise<void> => {
    if (typed.trim() === '') return close();
    const found = await client.ask('search', typed);
    if (input.current?.value !== typed) return;
    setHits(found);
    setAt(0);
  };
  const go = (address: string | undefined): void => {
    if (address === undefined) return;
    location.hash = address;
    close();
    if (input.current) input.current.value = '';
  };
  const key = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape') close();
    else if (event.key === 'Enter') go(flat[at]?.address);
    else if (step !== undefined && flat.length > 0) setAt((at + step + flat.length) % flat.length);
    else return;
    event.preventDefault();
  };
  return { hits, at, flat, close, search, go, key };
}

function HitList({
  hits,
  at,
  go,
}: {
  hits: readonly SearchHits[];
  at: number;
  go: (address: string) => void;
}) {
  let number = -1;
  return (
    <div class="hits" id="search-hits" role="listbox" aria-label="Found">
      {hits.length === 0 && <p class="quiet">Nothing has this in its name.</p>}
      {hits.map(({ kind, count, first }) => (
        <div role="group" aria-label={kind} key={kind}>
          <p class="hit-kind" aria-hidden="true">
            {kind} {thousands(count)}
          </p>
          {first.map((hit) => {
            number += 1;
            return (
              <div
                role="option"
                id={`hit-${number}`}
                key={hit.address}
                class="hit"
                aria-selected={number === at}
                onMouseDown={() => go(hit.address)}
              >
                <b>{hit.title}</b> <span class="muted">{hit.detail}</span>
              </div>
            );
          })}
        </div>
      ))}
    </div>
  );
}

function useSlash(input: { readonly current: HTMLInputElement | null }): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement;
      if (
        event.key !== '/' ||
        event.ctrlKey ||
        event.metaKey ||
        /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName)
      )
        return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}
