import { parseDocument } from 'yaml';
import { type Expected, NOTHING_EXPECTED } from '../findings/expected/expected.ts';
import { readExpected } from '../findings/expected/read-expected.ts';
import { RULES } from '../findings/rules.ts';
import { plain, quoted } from '../policy/quoted.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { type ExpectedFile, readRunRecord } from './run-record.ts';
import { yamlProblem } from './yaml-problem.ts';

/** The name of the file beside an input, and in the bucket. */
export const expectedFileName = 'latchkey.yml';

/** Characters that the file may have: it is stored with every run. */
const LONGEST = 500_000;

const RULE_IDS = RULES.map(({ id }) => id);

/** The contents of a file, and one line for each problem. `today`: of the audit, ISO 8601. */
export function expectedIn(
  file: ExpectedFile | null | undefined,
  today: string,
): { readonly expected: Expected; readonly problems: readonly string[] } {
  const text = file?.text ?? null;
  if (text === null) return { expected: NOTHING_EXPECTED, problems: [] };
  if (text.length > LONGEST) return unreadable(`it has more than ${LONGEST} characters`);
  const document = parseDocument(text, { prettyErrors: true });
  const problem = yamlProblem(document);
  if (problem !== null) return unreadable(problem);
  let value: unknown;
  try {
    value = document.toJS();
  } catch (cause) {
    return unreadable(`it cannot be read: ${plain(String((cause as Error).message))}`);
  }
  const { expected, problems } = readExpected(value, today, RULE_IDS);
  return { expected, problems: problems.map(({ path, message }) => `${quoted(path)}: ${message}`) };
}

const unreadable = (problem: string) => ({ expected: NOTHING_EXPECTED, problems: [problem] });

/** The file in the bucket, for all accounts. */
export async function storedExpected(store: ObjectStore, bucket: string): Promise<ExpectedFile> {
  const text = (await store.get(expectedFileName))?.body ?? null;
  return { place: `s3://${bucket}/${expectedFileName}`, text };
}

/** The expected access of a finished run. */
export async function expectedOfRun(store: ObjectStore, run: string): Promise<Expected> {
  const record = await readRunRecord(store, '', run);
  return expectedIn(record?.expected, record?.takenAt ?? '').expected;
}
