import { jsonText } from './json-text.ts';
import type { Snapshot } from './snapshot.ts';

/** Most of a large account's text. */
const INSTANCE_LISTS: ReadonlySet<string> = new Set(['"instances":[', '"managedInstances":[']);
const ITEM = '{"id":"';

/**
 * A snapshot as `snapshot.json.gz` holds it: JSON in which every item of a list has a line of its own, so that a reader can
 * leave out those that it does not ask about without reading them.
 */
export function writeSnapshot(snapshot: Snapshot): string {
  return `${objectText(snapshot)}\n`;
}

function objectText(value: object): string {
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([key, member]) => `${jsonText(key)}:${memberText(key, member)}`);
  return `{${members.join(',\n')}}`;
}

function memberText(key: string, member: unknown): string {
  if (!Array.isArray(member) || member.length === 0) return jsonText(member);
  const items = member.map((item) => (key === 'regions' ? objectText(item) : jsonText(item)));
  return `[\n${items.join(',\n')}\n]`;
}

/**
 * Which lines of a stored snapshot to read, by their beginnings in order: all but those of instances whose ids are not
 * wanted. It asks for everything where they have no lines of their own, as another version wrote it.
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

/** Those lines as JSON again: the last item of a list has no comma. A line end is never part of an item. */
export const joinLines = (lines: string): string => lines.replaceAll(',\n]', '\n]');
