/** Markup that is safe to put into a page unchanged. Only `html` and `trusted` create it. */
export interface Html {
  readonly markup: string;
}

type HtmlValue = Html | string | number | null | undefined | false | readonly HtmlValue[];

/**
 * Characters that are invisible, or that reorder the text: controls, bidirectional marks, line separators and
 * everything that Unicode calls default ignorable, except those that join or colour an emoji.
 */
const HIDDEN =
  /[[\p{Cc}\p{Zl}\p{Zp}\p{DI}\p{Bidi_Control}\ufff9-\ufffb]--[\u200d\ufe0f]]|(?<!\p{Emoji})\ufe0f|(?<!\p{Emoji}|\ufe0f)\u200d|\u200d(?!\p{Extended_Pictographic})/gv;

/** The text with every hidden character written out as `\u{202e}`, and without broken surrogates. */
export function visible(text: string): string {
  return text.toWellFormed().replace(HIDDEN, (hidden) => `\\u{${(hidden.codePointAt(0) ?? 0).toString(16)}}`);
}

/** The first `max` code points; where some are cut, the last one kept is an ellipsis. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  const points = Array.from(text);
  return points.length <= max ? text : `${points.slice(0, Math.max(0, max - 1)).join('')}…`;
}

/** Length in bytes as UTF-8, the unit of every AWS size limit. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

function escapeMarkup(text: string): string {
  return visible(text).replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? character);
}

function markupOf(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return '';
  if (typeof value === 'string') return escapeMarkup(value);
  if (typeof value === 'number') return String(value);
  if ('markup' in value) return value.markup;
  return value.map(markupOf).join('');
}

/**
 * The only way to create markup: everything between `${` and `}` is escaped, for element content and for
 * quoted attributes alike. Nested `Html` and lists of it are inserted unchanged; null, undefined and false
 * give nothing.
 */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let markup = parts[0] ?? '';
  for (const [index, value] of values.entries()) markup += markupOf(value) + (parts[index + 1] ?? '');
  return { markup };
}

/** Markup of this project: style sheets and scripts. Never anything out of an account. */
export function trusted(markup: string): Html {
  return { markup };
}

/**
 * JSON for a `<script type="application/json">`: no character in it can end the element or open a comment.
 */
export function scriptJson(value: unknown): Html {
  const text = JSON.stringify(value);
  return {
    markup: text.replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
  };
}

/** What a spreadsheet may take for a formula, full-width forms and leading blanks included. */
const FORMULA = /^[\s\p{Cc}]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/u;

/**
 * One field as in RFC 4180. A field that a spreadsheet could run as a formula gets a leading apostrophe
 * (https://owasp.org/www-community/attacks/CSV_Injection); line breaks and tabs stay, quoted; other hidden
 * characters are escaped.
 */
export function csvField(text: string): string {
  const clean = text
    .split(/([\t\r\n]+)/)
    .map((part, index) => (index % 2 === 0 ? visible(part) : part))
    .join('');
  const guarded = FORMULA.test(clean) ? `'${clean}` : clean;
  return /[",\r\n]/.test(guarded) || guarded !== guarded.trim()
    ? `"${guarded.replaceAll('"', '""')}"`
    : guarded;
}

/** One record, ended by CRLF. */
export function csvRow(fields: readonly string[]): string {
  return `${fields.map(csvField).join(',')}\r\n`;
}

/** SNS allows fewer than 100 characters; mail has the same limit, so that both are equal. */
export const SUBJECT_LENGTH = 99;

/** A mail or SNS subject: one line, nothing hidden, at most 99 code points. */
export function subjectLine(text: string): string {
  return clip(visible(text.replace(/\s+/gu, ' ').trim()), SUBJECT_LENGTH);
}

/**
 * A subject in ASCII only, which some editions of the SNS API reference require
 * (https://docs.aws.amazon.com/sns/latest/api/API_Publish.html); other characters are escaped.
 */
export function asciiSubject(text: string): string {
  const ascii = asciiText(text);
  return ascii.length <= SUBJECT_LENGTH ? ascii : `${ascii.slice(0, SUBJECT_LENGTH - 3)}...`;
}

/** The same at any length. */
export function asciiText(text: string): string {
  return visible(text.replace(/\s+/gu, ' ').trim()).replace(
    /[^\u0020-\u007e]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** A link that a reader may follow: http, https, a file of this machine, or a relative path; anything else is null. */
export function safeUrl(url: string): string | null {
  if (/^(?:https?:\/\/|file:\/\/\/)[^\s"'<>]+$/i.test(url)) return url;
  return /^(?![a-z][a-z0-9+.-]*:|\/\/|\\)[^\s"'<>\\]+$/i.test(url) ? url : null;
}

/** The text cut to at most `limit` bytes, between two code points. */
export function toBytes(text: string, limit: number): string {
  let kept = clip(text, limit);
  while (byteLength(kept) > limit) kept = clip(kept, Math.floor(Array.from(kept).length * 0.9));
  return kept;
}
