import { wrapToWidth } from '../lib/render/display-width.ts';

/**
 * The help of a command with its paragraphs in `width` columns. Options are in columns already, and examples are
 * copied, so lines that begin with a blank stay: write them within 80 columns.
 */
export function helpInWidth(text: string, width: number): string {
  return text
    .split('\n\n')
    .map((paragraph) => (isProse(paragraph) ? inWidth(paragraph, width) : paragraph))
    .join('\n\n');
}

const isProse = (paragraph: string): boolean => !/^\s|^Usage:|:$/m.test(paragraph.trim());

function inWidth(paragraph: string, width: number): string {
  const [, before = '', words = '', after = ''] = /^(\s*)(.*?)(\s*)$/s.exec(paragraph) ?? [];
  return `${before}${wrapToWidth(words.replaceAll('\n', ' '), width).join('\n')}${after}`;
}
