import { kindsOfSnapshot } from '../findings/principal-kinds.ts';
import type { PrincipalKind } from '../matrix/paths/cell.ts';
import { shellWord } from '../policy/shell-word.ts';
import type { Alert, AlertAttributes } from '../ports/notifier.ts';
import { partialText } from '../snapshot/audit-state.ts';
import { instancesById } from '../snapshot/instances-of.ts';
import type { Instance } from '../snapshot/snapshot.ts';
import { chatForm } from './alert-chat.ts';
import { type Fact, type Message, withinLimit } from './alert-text.ts';
import { byteLength, toBytes, visible } from './escape.ts';
import type { Report } from './report.ts';
import { placeIn } from './report-link.ts';

/** The common data of all alerts of one audit. */
export interface AlertContext {
  readonly report: Report;
  readonly topic: string;
  readonly reportUrl: string | undefined;
  readonly instances: ReadonlyMap<string, Instance>;
  readonly kindOf: (arn: string) => PrincipalKind;
  /** an additional sentence at the end */
  readonly note: string;
}

export function alertContext(
  report: Report,
  topic: string,
  reportUrl: string | undefined,
): Omit<AlertContext, 'note'> {
  const { snapshot } = report;
  return { report, topic, reportUrl, instances: instancesById(snapshot), kindOf: kindsOfSnapshot(snapshot) };
}

/** An alert in both forms. `thread`: its subject, across audits. */
export function alertOf(
  { topic }: AlertContext,
  message: Message,
  about: {
    readonly subject: string;
    readonly attributes: AlertAttributes;
    readonly key: string;
    readonly thread: string;
  },
): Alert {
  const { subject, attributes, key, thread } = about;
  return {
    ...{ topic, subject, message: withinLimit(message) },
    ...{ chat: chatForm(message, { attributes, thread }), attributes, key },
  };
}

/**
 * The end of each message: that the audit is partial, and the link, with its place in the page if possible.
 */
export function footOf({ report, reportUrl, note }: AlertContext, place = ''): string {
  const partial = partialText(report.snapshot);
  const lines = [partial ?? '', ...(reportUrl === undefined ? [] : linkLines(reportUrl, place)), note];
  return lines
    .filter((line) => line !== '')
    .map((line) => `${line}\n`)
    .join('');
}

function linkLines(reportUrl: string, place: string): readonly string[] {
  const at = placeIn(reportUrl, place);
  const url = at !== null && 'url' in at ? at.url : reportUrl;
  const report = `Report: ${toBytes(visible(url), LONGEST_LINK)}`;
  return at !== null && 'add' in at ? [report, `Add ${at.add} to the address of the opened page`] : [report];
}

/** Bytes of a link. */
const LONGEST_LINK = 400;

/** The command that accepts a finding, for one holder only if only that holder is new. */
export function acceptFacts(findingId: string, principal?: string): readonly Fact[] {
  const words = [findingId, ...(principal === undefined ? [] : ['--principal', principal])].map(shellWord);
  if (words.includes(null)) return [];
  const call = `latchkey except --in RUNS ${words.join(' ')} --owner WHO --reason WHY --ticket ID --until DATE`;
  return byteLength(call) > LONGEST_CALL ? [] : [{ label: 'Accept', text: call, isCommand: true }];
}

/** Bytes of a call that is still shown: half a command is useless. */
const LONGEST_CALL = 400;
