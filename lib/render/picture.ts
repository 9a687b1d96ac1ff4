/** A picture as colour indexes, row by row from the top: `publish` makes a PNG of it. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** `#rrggbb`, 256 at most */
  readonly palette: readonly string[];
  readonly pixels: Uint8Array;
}

interface Series {
  readonly values: readonly number[];
  /** `#rrggbb` */
  readonly colour: string;
}

/** Twice the displayed width, for screens with small pixels. */
const WIDTH = 560;
const HEIGHT = 120;
const WIDEST = 40;

const PAPER = '#ffffff';
const GROUND = '#dedcd5';

/** Bars side by side, each with its series stacked, the oldest on the left. */
export function barPicture(series: readonly Series[]): Picture {
  const pixels = new Uint8Array(WIDTH * HEIGHT);
  const bars = series[0]?.values.length ?? 0;
  const sums = Array.from({ length: bars }, (_, at) =>
    series.reduce((sum, one) => sum + (one.values[at] ?? 0), 0),
  );
  const most = Math.max(1, ...sums);
  const step = Math.min(WIDEST, WIDTH / Math.max(1, bars));
  const fill = ({ left, right, top, bottom }: Box, colour: number): void => {
    for (let y = top; y < bottom; y++) pixels.fill(colour, y * WIDTH + left, y * WIDTH + right);
  };
  for (let at = 0; at < bars; at++) {
    const left = Math.round(at * step);
    const right = Math.max(left + 1, Math.round((at + 1) * step) - 3);
    let below = 0;
    for (const [number, { values }] of series.entries()) {
      const value = values[at] ?? 0;
      const bottom = heightOf(below, most);
      below += value;
      // a value above 0 is always visible
      if (value > 0)
        fill({ left, right, top: Math.min(heightOf(below, most), bottom - 2), bottom }, number + 2);
    }
  }
  fill({ left: 0, right: WIDTH, top: HEIGHT - 2, bottom: HEIGHT }, 1);
  return {
    width: WIDTH,
    height: HEIGHT,
    palette: [PAPER, GROUND, ...series.map(({ colour }) => colour)],
    pixels,
  };
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const heightOf = (value: number, most: number): number =>
  HEIGHT - 2 - Math.round((value / most) * (HEIGHT - 4));
