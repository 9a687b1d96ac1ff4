import { BASE_STYLE } from './style-base.ts';
import { PARTS_STYLE } from './style-parts.ts';
import { VIEWS_STYLE } from './style-views.ts';

/** The page's whole style sheet: a string, because no loader of ours reads CSS files everywhere. */
export const PAGE_STYLE = `${BASE_STYLE}${PARTS_STYLE}${VIEWS_STYLE}`;
