import { isUtf8 } from 'node:buffer';
import { documentsIn, joinPages, type Page } from '../../snapshot/answer-pages.ts';
import type { AnswerText } from '../../snapshot/answer-text.ts';
import { readAnswerText } from '../../snapshot/answer-text.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const ESCAPE = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** The state while a file is read. */
interface Scan {
  readonly holdsPolicies: boolean;
  readonly lists: unknown[][];
  readonly duplicates: { readonly list: number; readonly path: string }[];
  /** the text outside the lists; each list is replaced by its number */
  readonly outside: Buffer[];
  /** the item being read, in pieces */
  item: Buffer[];
  depth: number;
  inString: boolean;
  escaped: boolean;
  inList: boolean;
  /** a comma came before: another item must follow */
  itemDue: boolean;
}

/** The text is not JSON, or not an object with lists as AWS returns it. */
class NotAnAnswer extends Error {
  override readonly name = 'NotAnAnswer';
}

/**
 * An answer of any size, from the pieces of its file: JavaScript has no text above 512 MB, and `aws ec2
 * describe-instances` prints some 7 kB per instance. The items of the top-level lists are cut out of the bytes and
 * parsed one by one; the rest must fit in a text.
 */
export async function readLargeAnswer(
  pieces: AsyncIterable<Buffer>,
  holdsPolicies: boolean,
  lists: readonly string[] = [],
): Promise<AnswerText> {
  const scan: Scan = {
    ...{ holdsPolicies, lists: [], duplicates: [], outside: [], item: [] },
    ...{ depth: 0, inString: false, escaped: false, inList: false, itemDue: false },
  };
  try {
    for await (const piece of pieces) scanPiece(scan, piece);
    return assembled(scan, lists);
  } catch (error) {
    if (error instanceof NotAnAnswer) return { ok: false, message: error.message };
    throw error;
  }
}

function scanPiece(scan: Scan, piece: Buffer): void {
  let start = 0;
  for (let i = startOf(scan, piece); i < piece.length; i++) {
    switch (piece[i]) {
      case QUOTE:
        i = endOfString(scan, piece, i + 1) - 1;
        break;
      case OPEN_LIST:
        if (scan.depth === 1) start = beginList(scan, piece, start, i);
        scan.depth++;
        break;
      case OPEN:
        scan.depth++;
        break;
      case CLOSE:
      case CLOSE_LIST:
        scan.depth--;
        start = endList(scan, piece, start, i);
        break;
      case COMMA:
        if (scan.inList && scan.depth === 2) start = endItem(scan, piece.subarray(start, i), true, i);
        break;
      default:
    }
  }
  (scan.inList ? scan.item : scan.outside).push(piece.subarray(start));
}

/** A string may continue from the previous piece. */
const startOf = (scan: Scan, piece: Buffer): number => (scan.inString ? endOfString(scan, piece, 0) : 0);

/** The index after the string at `from`, or the end of the piece if the string continues in the next one. */
function endOfString(scan: Scan, piece: Buffer, from: number): number {
  let i = scan.escaped ? from + 1 : from;
  for (; i < piece.length && piece[i] !== QUOTE; i++) {
    if (piece[i] === ESCAPE) i++;
  }
  scan.inString = i >= piece.length;
  scan.escaped = i > piece.length;
  return Math.min(i, piece.length) + (scan.inString ? 0 : 1);
}

function beginList(scan: Scan, piece: Buffer, start: number, at: number): number {
  scan.outside.push(piece.subarray(start, at + 1), Buffer.from(String(scan.lists.length)));
  scan.lists.push([]);
  scan.inList = true;
  return at + 1;
}

/** A bracket that closes something inside an item, or outside the lists, does not end a list. */
function endList(scan: Scan, piece: Buffer, start: number, at: number): number {
  if (!scan.inList || scan.depth !== 1) return start;
  endItem(scan, piece.subarray(start, at), false, at);
  scan.inList = false;
  return at;
}

/** Ends the item at `at`; returns the start of the next one. */
function endItem(scan: Scan, last: Buffer, more: boolean, at: number): number {
  const text = textOf([...scan.item, last]);
  scan.item = [];
  if (text.trim() === '') {
    if (more || scan.itemDue) throw new NotAnAnswer('is not valid JSON: an item of a list is missing');
    return at + 1;
  }
  scan.itemDue = more;
  const list = scan.lists.length - 1;
  const items = scan.lists[list] ?? [];
  items.push(itemOf(scan, text, { list, index: items.length }));
  return at + 1;
}

function itemOf(scan: Scan, text: string, place: { readonly list: number; readonly index: number }): unknown {
  if (!scan.holdsPolicies) return parsed(text);
  const read = readAnswerText(text, true);
  if (!read.ok) throw new NotAnAnswer(read.message);
  for (const path of read.duplicateKeys) {
    scan.duplicates.push({ list: place.list, path: `[${place.index}]${path.slice(1)}` });
  }
  return read.value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new NotAnAnswer(`is not valid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function textOf(pieces: readonly Buffer[]): string {
  const bytes = pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
  if (!isUtf8(bytes)) throw new NotAnAnswer('is not UTF-8 text');
  return bytes.toString('utf8');
}

/** The lists put back in their places, of one answer or of several pages. */
function assembled(scan: Scan, lists: readonly string[]): AnswerText {
  if (scan.depth !== 0 || scan.inString) throw new NotAnAnswer('is not valid JSON: it ends too early');
  const text = textOf(scan.outside).replace(/^\uFEFF/, '');
  const documents = documentsIn(text) ?? [];
  if (documents.length < 2) return withLists(scan, text);
  const pages = documents.map((one) => withLists(scan, one));
  const bad = pages.find(({ ok }) => !ok);
  return bad ?? joinPages(pages as readonly Page[], lists);
}

function withLists(scan: Scan, text: string): AnswerText {
  const outside = readAnswerText(text, true);
  if (!outside.ok) return outside;
  const duplicateKeys = [...outside.duplicateKeys];
  if (typeof outside.value !== 'object' || outside.value === null) return outside;
  const members = Object.entries(outside.value).map(([key, value]) => {
    if (!Array.isArray(value)) return [key, value];
    const list = Number(value[0]);
    for (const one of scan.duplicates) if (one.list === list) duplicateKeys.push(`$.${key}${one.path}`);
    return [key, scan.lists[list] ?? []];
  });
  return { ok: true, value: Object.fromEntries(members), duplicateKeys };
}
