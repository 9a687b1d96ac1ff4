import { createHash } from 'node:crypto';

/** Names that are safe as one part of an object key or file path; others are stored under their hash. */
const plainName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/;

const namePart = (name: string): string =>
  plainName.test(name) ? name : createHash('sha256').update(name).digest('hex');

/** The one pointer that moves: the latest run of an account. */
export const latestKey = (prefix: string): string => `${prefix}latest.json`;

/** `runs/<time>`, as in `latest.json`. */
export const runFolder = (run: string): string => `runs/${run}`;

/** The folder of the runs of an account. */
export const runsFolder = (prefix: string): string => `${prefix}runs/`;

/** What was collected. */
export const snapshotFile = 'snapshot.json.gz';

/** The matrix, as groups of cells. */
export const matrixFile = 'matrix.json.gz';

/** The delta of a check, and the run that it builds on. */
export const deltaFile = 'delta.json.gz';

/** The content type of the three. */
export const GZIP_TYPE = 'application/gzip';

/** The name of such a file in earlier versions, without compression. */
export const plainKey = (key: string): string => key.replace(/\.gz$/, '');

export const runKey = (prefix: string, run: string, file: string): string =>
  `${prefix}${runFolder(run)}/${file}`;

/** The folder of parts until the whole account is read. */
export const partsFolder = (prefix: string): string => `${prefix}parts/`;

/** The key of the part of one service in one region. */
export const partKey = (
  prefix: string,
  { service, region }: { readonly service: string; readonly region: string | null },
): string => `${partsFolder(prefix)}${region ?? 'global'}.${service}.json.gz`;

/** The folder of notes about sent alerts. */
export const alertNotesFolder = (prefix: string): string => `${prefix}alerts/`;

/** The record that an alert was sent. Alert keys contain names of the account, so a strange one is hashed. */
export const alertRecordKey = (prefix: string, key: string): string =>
  `${alertNotesFolder(prefix)}${namePart(key)}.json`;

/** The events of an account that are to be examined once more. */
export const lookAgainKey = (prefix: string): string => `${prefix}look-again.json`;

/** What became known of a run's drift after it was written. */
export const addendaFolder = (prefix: string, run: string): string => runKey(prefix, run, 'addenda/');

/** What one event explains of it. */
export const addendumKey = (prefix: string, run: string, eventId: string): string =>
  `${addendaFolder(prefix, run)}${namePart(eventId)}.json`;

/** The folder of notes about handled events. */
export const eventNotesFolder = (prefix: string): string => `${prefix}events/`;

/** The record that an event was handled; event ids come from outside, so a strange one is hashed. */
export const eventRecordKey = (prefix: string, eventId: string): string =>
  `${eventNotesFolder(prefix)}${namePart(eventId)}.json`;

/** The folder of notes about mailed digests. */
export const mailNotesFolder = 'mails/';

/** The record that the digest of a run was mailed: one mail covers every account of the run. `part` counts from 1. */
export const mailRecordKey = (run: string, part = 1): string =>
  `${mailNotesFolder}${namePart(part === 1 ? run : `${run}-${part}`)}.json`;

/**
 * The folder of everything that is still to be sent for an account; for the mail over all accounts the prefix
 * is ``.
 */
export const unsentFolder = (prefix: string): string => `${prefix}unsent/`;

/** What is still to be sent of one run. Sorted by name, the oldest run is first. */
export const unsentOfRun = (prefix: string, run: string): string => `${unsentFolder(prefix)}${run}_`;

/** An alert of a run that is still to be sent; `n` is its number in the run. */
export const unsentAlertKey = (prefix: string, run: string, n: number, alertKey: string): string =>
  `${unsentOfRun(prefix, run)}${String(n).padStart(3, '0')}_${namePart(alertKey)}.json`;

/** The run of a waiting object. */
export const runOfUnsent = (prefix: string, key: string): string =>
  key.slice(unsentFolder(prefix).length).split('_')[0] ?? '';

/** The key of the note once a waiting alert is sent. */
export const noteOfUnsentAlert = (prefix: string, key: string): string =>
  `${alertNotesFolder(prefix)}${key.slice(unsentFolder(prefix).length).replace(/^[^_]*_\d{3,}_/, '')}`;

const alertName = /_\d{3,}_[^/]*\.json$/;

export const isUnsentAlert = (key: string): boolean => alertName.test(key);

/** The digest of a run that is still to be mailed. */
export const unsentDigestKey = (prefix: string, run: string): string =>
  `${unsentOfRun(prefix, run)}digest.json`;

export const isUnsentDigest = (key: string): boolean => key.endsWith('_digest.json') && !isUnsentAlert(key);
