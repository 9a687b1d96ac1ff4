import { visible } from './escape.ts';

/** Code points that a terminal draws two columns wide: East Asian wide and full-width forms, and emoji. */
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1b000}-\u{1b2ff}\u{1f1e6}-\u{1f1ff}\u{20000}-\u{3fffd}]|^\p{Emoji_Presentation}|^\p{Extended_Pictographic}\ufe0f/u;

const NO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

/** One character as a reader counts them; the locale does not matter to grapheme clusters, and naming it keeps them the same everywhere. */
const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

function clusterWidth(cluster: string): number {
  if (NO_WIDTH.test(cluster)) return 0;
  return WIDE.test(cluster) ? 2 : 1;
}

/** How many terminal columns the text takes. Hidden characters should have been made visible before. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of GRAPHEMES.segment(text)) width += clusterWidth(segment);
  return width;
}

/** The text cut to at most `width` columns, the cut shown by an ellipsis. */
export function truncateToWidth(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width <= 0) return '';
  let used = 0;
  let kept = '';
  for (const { segment } of GRAPHEMES.segment(text)) {
    used += clusterWidth(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/**
 * The text as lines of at most `width` columns, broken at blanks; a word that is longer than a line breaks after one of
 * `/ : , ;` where it can, and anywhere where it cannot. An ARN or an id never breaks, as it is copied: it has a line of
 * its own, however long.
 */
export function wrapToWidth(text: string, width: number): string[] {
  const room = Math.max(1, width);
  const lines: string[] = [];
  let line = '';
  for (const { piece, gap, isWhole } of piecesOf(text, room)) {
    if (line !== '' && displayWidth(line + gap + piece) > room) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? piece : line + gap + piece;
    while (!isWhole && displayWidth(line) > room) {
      const head = breakAt(line, room);
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  return line !== '' || lines.length === 0 ? [...lines, line] : lines;
}

interface Piece {
  readonly piece: string;
  readonly gap: string;
  readonly isWhole: boolean;
}

/** An ARN, or an id as EC2 and others give them, with the marks of the sentence around it. */
const COPIED = /^["'`(]*(?:arn:[^:]*:[^:]*:|[a-z]+(?:-[a-z]+)*-[0-9a-f]{8,}\b|[0-9a-f]{8}-[0-9a-f]{4}-)/;

/** Where a line may break: words, and the parts of one that is longer than a line; a blank comes before a word only. */
function* piecesOf(text: string, room: number): Generator<Piece> {
  for (const word of visible(text).split(/\s+/u)) {
    if (word === '') continue;
    const isWhole = COPIED.test(word);
    const fits = isWhole || displayWidth(word) <= room;
    const pieces = fits ? [word] : (word.match(/[^/:,;]*[/:,;]|[^/:,;]+/gu) ?? []);
    for (const [index, piece] of pieces.entries()) yield { piece, gap: index === 0 ? ' ' : '', isWhole };
  }
}

/** The longest head of `text` within `room` columns, at least one character. */
function breakAt(text: string, room: number): string {
  let used = 0;
  let head = '';
  for (const { segment } of GRAPHEMES.segment(text)) {
    used += clusterWidth(segment);
    if (used > room && head !== '') break;
    head += segment;
  }
  return head;
}
