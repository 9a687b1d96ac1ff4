import { sha256 } from '../findings/sha256.ts';
import { byteLength, toBytes, visible } from './escape.ts';

/** Bytes of a message, so that it fits every kind of subscription except text messages. */
export const MESSAGE_BYTES = 2048;

/** Rows or sentences in a message, if they fit; the rest is a number. */
const LISTED = 20;

/** Bytes of one name, and of one sentence, so that at least one whole cell always fits. */
const NAME_BYTES = 200;
const SENTENCE_BYTES = 150;

/** Bytes of a finding's text, and of its remedy: a cut example is useless. */
const FINDING_BYTES = 420;

/** One line of a message; a command is complete or left out. */
export interface Fact {
  readonly label: string;
  readonly text: string;
  readonly isCommand?: true;
}

/** What a message says, from top to bottom. */
export interface Message {
  readonly headline: string;
  readonly facts: readonly Fact[];
  readonly items?: readonly string[];
  /** used instead of the items if none fits */
  readonly shorter?: readonly string[];
  readonly foot: string;
}

const factLine = ({ label, text }: Fact): string => (label === '' ? text : `${label}: ${text}`);

/** The message as text, with as many items as fit, and the number of the others. */
export function withinLimit({ headline, facts, items = [], shorter = [], foot }: Message): string {
  const head = [headline, ...facts.map(factLine)].join('\n');
  for (const named of attemptsAt(items, shorter)) {
    const message = `${[head, ...named].join('\n')}\n${moreText(items.length - named.length)}${foot}`;
    if (byteLength(message) <= MESSAGE_BYTES) return message;
  }
  return toBytes(`${head}\n`, MESSAGE_BYTES);
}

/** How many of the items are listed, the largest number first. */
export function attemptsAt(
  items: readonly string[],
  shorter: readonly string[],
): readonly (readonly string[])[] {
  const most = Math.min(items.length, LISTED);
  return [...Array.from({ length: most }, (_, left) => items.slice(0, most - left)), shorter, []];
}

export const moreText = (left: number): string =>
  left === 0 ? '' : `... and ${left} more: the report lists them\n`;

export function alertKey(kind: string, parts: unknown): string {
  return `${kind}-${sha256(JSON.stringify(parts)).slice(0, 24)}`;
}

export function nameText(text: string): string {
  return toBytes(visible(text), NAME_BYTES);
}

export function sentence(text: string): string {
  return toBytes(visible(text), FINDING_BYTES);
}

export function short(text: string): string {
  return toBytes(visible(text), SENTENCE_BYTES);
}

export function shorter(text: string): string {
  return toBytes(visible(text), 60);
}
