import { useState } from 'preact/hooks';

/** The address of a square, by the found principal or instance. */
export interface SquareLink {
  readonly href: string;
  readonly text: string;
  readonly title?: string;
}

/** A search field for the other side of a square; the square says how, or why not. */
export function SquareSearch({
  label,
  placeholder,
  find,
}: {
  label: string;
  placeholder: string;
  find: (typed: string) => Promise<readonly SquareLink[]>;
}) {
  const [hits, setHits] = useState<readonly SquareLink[]>([]);
  const look = async (typed: string): Promise<void> => setHits(typed.trim() === '' ? [] : await find(typed));
  return (
    <div class="why">
      <label>
        {label}{' '}
        <input
          type="search"
          placeholder={placeholder}
          autocomplete="off"
          onInput={(event) => void look(event.currentTarget.value)}
        />
      </label>
      <ul class="inline">
        {hits.map(({ href, text, title }) => (
          <li key={href}>
            <a href={href} title={title}>
              {text}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
