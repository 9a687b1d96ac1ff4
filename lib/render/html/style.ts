import { BASE_STYLE } from './style-base.ts';
import { GRID_STYLE } from './style-grid.ts';
import { PARTS_STYLE } from './style-parts.ts';

/** The page's whole style sheet: a string, because no loader of ours reads CSS files everywhere. */
export const PAGE_STYLE = `${BASE_STYLE}${PARTS_STYLE}${GRID_STYLE}`;
