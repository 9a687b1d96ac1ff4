import { jsonText } from './json-text.ts';
import type { Snapshot } from './snapshot.ts';

/** Most of a large account's text. */
const INSTANCE_LISTS: ReadonlySet<string> = new Set(['"instances":[', '"managedInstances":[']);
const ITEM = '{"id":"';

/** Characters of a chunk, or more by one item. */
const CHUNK = 1_000_000;

/**
 * A snapshot as stored in `snapshot.json.gz`: JSON with each item of a list on its own line, so that a reader can skip
 * unwanted items without parsing them. It comes in chunks, because the text of a very large account takes as much
 * memory as the account itself.
 */
export const snapshotText = (snapshot: Snapshot): Iterable<string> => ({
  *[Symbol.iterator]() {
    let chunk = '';
    for (const piece of objectPieces(snapshot)) {
      chunk += piece;
      if (chunk.length < CHUNK) continue;
      yield chunk;
      chunk = '';
    }
    yield `${chunk}\n`;
  },
});

/** The same as one text. */
export const writeSnapshot = (snapshot: Snapshot): string => [...snapshotText(snapshot)].join('');

function* objectPieces(value: object): Generator<string> {
  let before = '{';
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    yield `${before}${jsonText(key)}:`;
    yield* memberPieces(key, member);
    before = ',\n';
  }
  yield before === '{' ? '{}' : '}';
}

function* memberPieces(key: string, member: unknown): Generator<string> {
  if (!Array.isArray(member) || member.length === 0) {
    yield jsonText(member);
    return;
  }
  let before = '[\n';
  for (const item of member) {
    yield before;
    if (key === 'regions') yield* objectPieces(item);
    else yield jsonText(item);
    before = ',\n';
  }
  yield '\n]';
}

/**
 * Selects the lines of a stored snapshot to read, by their beginnings in order: all except those of unwanted instances.
 * If instances have no lines of their own, as another version wrote it, everything is read.
 */
export function linesWith(instances: ReadonlySet<string>): (begin: string) => boolean {
  let isInstance = false;
  return (begin) => {
    if (!isInstance) {
      isInstance = begin.endsWith('[') && INSTANCE_LISTS.has(begin);
      return true;
    }
    if (begin.startsWith(ITEM)) {
      const end = begin.indexOf('"', ITEM.length);
      const id = begin.slice(ITEM.length, end);
      return end < 0 || id.includes('\\') || instances.has(id);
    }
    isInstance = !begin.startsWith(']');
    return true;
  };
}

/** The selected lines as JSON: the last item of a list has no comma. A line end is never part of an item. */
export const joinLines = (lines: string): string => lines.replaceAll(',\n]', '\n]');
