import { visible } from '../../lib/render/escape.ts';

/** As `visible`, for text of our own making in which line breaks carry meaning. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}
