import { options } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** So many rows of a list are printed. */
export const MOST_PRINTED = 300;

/** True while the page is printed: lists then draw their first rows at full length, since paper does not scroll. */
export function usePrinting(): boolean {
  const [isPrinting, setPrinting] = useState(false);
  useEffect(() => {
    const media = matchMedia('print');
    const change = (): void => setPrinting(media.matches);
    const before = (): void => drawnAtOnce(() => setPrinting(true));
    const after = (): void => setPrinting(false);
    media.addEventListener('change', change);
    addEventListener('beforeprint', before);
    addEventListener('afterprint', after);
    return () => {
      media.removeEventListener('change', change);
      removeEventListener('beforeprint', before);
      removeEventListener('afterprint', after);
    };
  }, []);
  return isPrinting;
}

/** A browser counts the sheets right after `beforeprint`: what is drawn later is cut off. */
function drawnAtOnce(change: () => void): void {
  const usual = options.debounceRendering;
  options.debounceRendering = (draw) => draw();
  change();
  if (usual) options.debounceRendering = usual;
  else delete options.debounceRendering;
}
