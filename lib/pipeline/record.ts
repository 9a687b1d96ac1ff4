import type { AccountSource, SourceCall } from '../ports/account-source.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { jsonText } from '../snapshot/json-text.ts';
import { put } from './put.ts';

/** A call that could not be stored, and why. */
export interface NotStored {
  readonly file: string;
  readonly detail: string;
}

/** The file name of an answer in an input folder: `us-east-1/ec2.describe-image-attribute.ami-0abc.json`. */
export function answerFile(call: SourceCall): string {
  const region = call.region === null ? '' : `${call.region}/`;
  const argument = call.argument === undefined ? '' : `.${encodeURIComponent(call.argument)}`;
  return `${region}${call.service}.${call.operation}${argument}.json`;
}

/**
 * A source that stores every answer as a file of an input folder, so that the same data can be scanned again
 * without AWS. A failed call leaves no file, because a missing file means *not collected*; it is passed to
 * `onGap`.
 */
export const recordingSource = (
  source: AccountSource,
  store: ObjectStore,
  onGap: (gap: NotStored) => void,
): AccountSource => ({
  regions: async () => {
    const regions = await source.regions();
    const gap = source.regionsGap?.() ?? null;
    if (gap !== null) onGap({ file: 'ec2.describe-regions.json', detail: gap.detail });
    return regions;
  },
  regionsGap: () => source.regionsGap?.() ?? null,
  notAsked: () => source.notAsked?.() ?? [],
  read: async (call) => {
    const answer = await source.read(call);
    const file = answerFile(call);
    if (answer.status === 'collected') await put(store, file, `${jsonText(answer.data, 2)}\n`);
    else onGap({ file, detail: answer.detail });
    return answer;
  },
});
