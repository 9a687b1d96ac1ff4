import { visible } from '../../lib/render/escape.ts';

/** As `visible`, for text of our own in which line breaks have meaning. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}
