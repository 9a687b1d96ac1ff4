import { useEffect, useState } from 'preact/hooks';

/** The height of a list's rows, in pixels: in a narrow window texts take more lines. */
export interface RowSizes {
  readonly wide: number;
  /** for windows up to 900 px wide (tablets) */
  readonly middle: number;
  /** for windows up to 640 px wide (phones) */
  readonly narrow: number;
}

const NARROW = '(max-width: 640px)';
const MIDDLE = '(max-width: 900px)';

/** The height for the current width of the window. */
export function useRowSize({ wide, middle, narrow }: RowSizes): number {
  const [, redraw] = useState(0);
  useEffect(() => {
    const change = (): void => redraw((times) => times + 1);
    const all = [NARROW, MIDDLE].map((query) => matchMedia(query));
    for (const one of all) one.addEventListener('change', change);
    return () => {
      for (const one of all) one.removeEventListener('change', change);
    };
  }, []);
  if (matchMedia(NARROW).matches) return narrow;
  return matchMedia(MIDDLE).matches ? middle : wide;
}
