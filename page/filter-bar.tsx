import type { ComponentChildren } from 'preact';
import { usePage } from './page-context.ts';
import { queryWith } from './router.ts';

/** Filters are stored in the address, so that a link contains them and going back to a view restores them. */
export function useQuery(): {
  readonly get: (name: string) => string;
  readonly set: (values: Readonly<Record<string, string>>) => void;
} {
  const { route } = usePage();
  return {
    get: (name) => route.query.get(name) ?? '',
    set: (values) => {
      const base = location.hash.replace(/^#/, '').split('?')[0] || 'summary';
      const now = new URLSearchParams(location.hash.split('?')[1] ?? '');
      history.replaceState(null, '', `#${base}${queryWith(now, values)}`);
      dispatchEvent(new HashChangeEvent('hashchange'));
    },
  };
}

export function Bar({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <form class="toolbar" aria-label={label} onSubmit={(event) => event.preventDefault()}>
      {children}
    </form>
  );
}

export function Choice({
  name,
  label,
  options,
}: {
  name: string;
  label: string;
  options: readonly (readonly [value: string, text: string])[];
}) {
  const query = useQuery();
  return (
    <label>
      {label}
      <select value={query.get(name)} onChange={(event) => query.set({ [name]: event.currentTarget.value })}>
        {options.map(([value, text]) => (
          <option value={value} key={value} selected={value === query.get(name)}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

export function Typed({ name, label, placeholder }: { name: string; label: string; placeholder: string }) {
  const query = useQuery();
  return (
    <label>
      {label}
      <input
        type="search"
        value={query.get(name)}
        placeholder={placeholder}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => query.set({ [name]: event.currentTarget.value })}
      />
    </label>
  );
}

/** The number of results; a screen reader reads it again when it changes. */
export function Result({ children }: { children: ComponentChildren }) {
  return <output aria-live="polite">{children}</output>;
}

export function Clear({ names }: { names: readonly string[] }) {
  const query = useQuery();
  if (names.every((name) => query.get(name) === '')) return null;
  return (
    <button type="button" onClick={() => query.set(Object.fromEntries(names.map((name) => [name, ''])))}>
      Clear
    </button>
  );
}

/** Shows nothing if there is only one region. */
export function RegionChoice() {
  const { regions } = usePage().head;
  if (regions.length < 2) return null;
  return (
    <Choice
      name="region"
      label="Region"
      options={[['', 'any'], ...regions.map((one) => [one, one] as const)]}
    />
  );
}

export const KINDS = [
  ['', 'anybody'],
  ['person', 'people'],
  ['machine', 'machines'],
  ['aws', 'roles of AWS'],
  ['outside', 'from outside'],
] as const;
