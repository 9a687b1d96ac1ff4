import type { AlertAttributes } from '../ports/notifier.ts';
import { attemptsAt, type Fact, MESSAGE_BYTES, type Message, moreText } from './alert-text.ts';
import { byteLength, clip } from './escape.ts';

/** Code points of a title; the chat client shows it as one line. */
const TITLE = 200;

/** Keywords of a message for search. */
const KEYWORDS = 5;
const KEYWORD = 40;

export interface ChatAbout {
  readonly attributes: AlertAttributes;
  /** messages about the same thing are in one thread */
  readonly thread: string;
}

/**
 * A message in the form that AWS's chat client, Amazon Q Developer in chat applications, shows; it ignores
 * other messages. https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
 */
export function chatForm(message: Message, about: ChatAbout): string {
  const { facts, items = [], shorter = [] } = message;
  for (const named of attemptsAt(items, shorter)) {
    const form = formOf(message, named, about);
    if (byteLength(form) <= MESSAGE_BYTES) return form;
  }
  return facts.length === 0
    ? formOf(message, [], about)
    : chatForm({ ...message, facts: facts.slice(0, -1) }, about);
}

const formOf = (message: Message, named: readonly string[], { attributes, thread }: ChatAbout): string =>
  JSON.stringify({
    version: '1.0',
    source: 'custom',
    content: {
      textType: 'client-markdown',
      title: clip(chatText(message.headline), TITLE),
      description: describe(message, named),
      keywords: keywordsOf(attributes),
    },
    metadata: { threadId: thread, eventType: attributes.kind },
  });

function describe({ facts, items = [], foot }: Message, named: readonly string[]): string {
  const more = moreText(items.length - named.length);
  return [...facts.map(factText), ...named.map(chatText), chatText(`${more}${foot}`.trimEnd())]
    .filter((line) => line !== '')
    .join('\n');
}

function factText({ label, text, isCommand }: Fact): string {
  const said = isCommand === true ? `\`${chatText(text)}\`` : chatText(text);
  return label === '' ? said : `*${label}:* ${said}`;
}

/**
 * A text out of an account inside markdown: it cannot name a user or channel (`<!here>`), form a link, or end
 * code. Slack requires the three entities. https://docs.slack.dev/messaging/formatting-message-text/#escaping
 */
const chatText = (text: string): string =>
  text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replaceAll('`', "'")
    .replaceAll('](', '] (');

const keywordsOf = (attributes: AlertAttributes): readonly string[] =>
  ['severity', 'env', 'rule', 'region']
    .flatMap((name) => [attributes[name] ?? []].flat().slice(0, 2))
    .map((word) => clip(chatText(word), KEYWORD))
    .slice(0, KEYWORDS);
