import { shortList } from '../policy/counted.ts';
import { CALLS } from './calls.ts';

/** What the source has that no call has read, in one line for each reason. */
export function tellUnread(unread: readonly string[]): readonly string[] {
  const [known, unknown] = [unread.filter(isOfCall), unread.filter((file) => !isOfCall(file))];
  return [
    ...ignored(unknown, 'no call has such a name', ': docs/input-folder.md lists the names'),
    ...ignored(known, 'no other answer asks for it', ''),
  ];
}

const MOST_NAMES = 10;

function ignored(files: readonly string[], why: string, then: string): readonly string[] {
  if (files.length === 0) return [];
  return [
    `ignored, since ${why}: ${shortList(files, MOST_NAMES, { text: (name) => JSON.stringify(name) })}${then}`,
  ];
}

/** True for the answer of a call that was not made, such as one about a document that the list does not have. */
function isOfCall(file: string): boolean {
  const place = /^(?:([^/]+)\/)?([^/]+?)\.json(?:\.gz)?$/s.exec(file);
  if (place === null) return false;
  const [, region, name = ''] = place;
  return CALLS.some(({ service, operation, scope, argument }) => {
    if ((scope === 'region') !== (region !== undefined)) return false;
    const call = `${service}.${operation}`;
    return argument === null ? name === call : name.startsWith(`${call}.`);
  });
}
