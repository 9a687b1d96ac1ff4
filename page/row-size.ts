import { useEffect, useState } from 'preact/hooks';

/** How high the rows of a list are: texts take more lines where there is less room. */
export interface RowSizes {
  readonly wide: number;
  /** up to 900 px, as a tablet has */
  readonly middle: number;
  /** up to 640 px, as a phone has */
  readonly narrow: number;
}

const NARROW = '(max-width: 640px)';
const MIDDLE = '(max-width: 900px)';

/** The height of a row in a window of this width. */
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
