import { type Fields, isObject } from '../policy/fields.ts';
import { type AnswerText, readAnswerText } from './answer-text.ts';

/** One of several answers in a file. */
export interface Page {
  readonly value: unknown;
  readonly duplicateKeys: readonly string[];
}

const OPENS = new Set(['{', '[']);
const CLOSES = new Set(['}', ']']);

/** The objects and lists that follow one another in a text; null: there is something else in it. */
export function documentsIn(text: string): readonly string[] | null {
  const documents: string[] = [];
  for (let at = afterSpace(text, 0); at < text.length; at = afterSpace(text, at)) {
    const end = endOf(text, at);
    if (end === null) return null;
    documents.push(text.slice(at, end));
    at = end;
  }
  return documents;
}

function afterSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\r\n'.includes(text[at] as string)) at++;
  return at;
}

/** The end of the object or list that begins here; null: none begins, or it does not end. */
function endOf(text: string, start: number): number | null {
  if (!OPENS.has(text[start] as string)) return null;
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    const char = text[i] as string;
    if (char === '"') i = endOfString(text, i);
    else if (OPENS.has(char)) depth++;
    else if (CLOSES.has(char) && --depth === 0) return i + 1;
  }
  return null;
}

function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i;
}

/**
 * The answer in a text: one, or its pages one after another, as several commands with `--starting-token` append them to
 * one file, or in a list, as `jq --slurp` puts them. `lists` are the top-level lists of the call.
 */
export function readPages(text: string, holdsPolicies: boolean, lists: readonly string[]): AnswerText {
  const whole = readAnswerText(text, holdsPolicies);
  if (whole.ok) return Array.isArray(whole.value) ? slurped(whole, whole.value, lists) : whole;
  const documents = documentsIn(text) ?? [];
  if (documents.length < 2) return whole;
  const read = documents.map((one) => readAnswerText(one, holdsPolicies));
  const pages = read.flatMap((one) => (one.ok ? [one] : []));
  return pages.length < read.length ? whole : joinPages(pages, lists);
}

function slurped(whole: Page, items: readonly unknown[], lists: readonly string[]): AnswerText {
  const pages = items.map((value, index) => ({
    value,
    duplicateKeys: whole.duplicateKeys.flatMap((path) =>
      path.startsWith(`$[${index}]`) ? [`$${path.slice(`$[${index}]`.length)}`] : [],
    ),
  }));
  const isPaged = pages.length > 0 && pages.every(({ value }) => isPage(value, lists));
  return isPaged ? joinPages(pages, lists) : { ok: true, ...whole };
}

/**
 * The pages as one answer: lists are joined, and anything else is what the last page says: only it can say that there are
 * more pages.
 */
export function joinPages(pages: readonly Page[], lists: readonly string[]): AnswerText {
  const last = pages.at(-1)?.value;
  if (!isObject(last) || !pages.every(({ value }) => isPage(value, lists)))
    return notPages(pages.length, lists);
  const joined = new Map<string, unknown[]>();
  const duplicateKeys: string[] = [];
  for (const page of pages) {
    for (const path of page.duplicateKeys) duplicateKeys.push(inWhole(path, joined));
    for (const key of lists) {
      const items = (page.value as Fields)[key];
      if (Array.isArray(items)) joined.set(key, [...(joined.get(key) ?? []), ...items]);
    }
  }
  return { ok: true, value: { ...last, ...Object.fromEntries(joined) }, duplicateKeys };
}

function notPages(count: number, lists: readonly string[]): AnswerText {
  const need = lists.length === 0 ? 'this answer has one page' : 'not every one is an answer of this call';
  return { ok: false, message: `is ${count} JSON documents, and ${need}` };
}

const isPage = (value: unknown, lists: readonly string[]): boolean =>
  isObject(value) && lists.some((key) => Array.isArray(value[key]));

/** A path in a page, as it is once the lists are joined. */
const inWhole = (path: string, before: ReadonlyMap<string, readonly unknown[]>): string =>
  path.replace(
    /^\$\.(\w+)\[(\d+)\]/,
    (_, key: string, index: string) => `$.${key}[${Number(index) + (before.get(key)?.length ?? 0)}]`,
  );
