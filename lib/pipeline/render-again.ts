import type { ObjectStore } from '../ports/object-store.ts';
import { FORMATS, PAGE_FILE } from '../render/formats.ts';
import { runKey } from './keys.ts';
import type { Audit } from './load.ts';
import { pack } from './pack.ts';
import { readReport } from './read-report.ts';
import { readRunRecord, runIn } from './run-record.ts';
import { timelineFrom } from './timeline.ts';

/** Attempts when others add to the same run at the same time. */
const ATTEMPTS = 5;

/**
 * Writes the page of a run again with what became known of its drift, if it has one. If another writer was faster it
 * reads again, so that the page ends with everything known.
 */
export async function renderAgain(
  store: ObjectStore,
  prefix: string,
  run: string,
  audit: Audit,
): Promise<void> {
  const page = FORMATS.find(({ file }) => file === PAGE_FILE);
  const key = runKey(prefix, run, PAGE_FILE);
  const record = await readRunRecord(store, prefix, run);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const there = await store.get(key);
    if (page === undefined || there === null) return;
    const timeline = await timelineFrom(store, prefix, runIn(record?.previous ?? null));
    const body = page.render({ ...(await readReport(store, prefix, run, audit)), timeline }, pack);
    if (body === there.body) return;
    if ((await store.replace(key, body, there.etag, page.contentType)) === 'replaced') return;
  }
}
