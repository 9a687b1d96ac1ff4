import type { CellDrift, Drift, DriftGroup } from './drift.ts';

/** A row of the earlier form, which had one for each cell. */
type StoredCell = Omit<CellDrift, 'cause'> & Pick<Drift, 'cause'>;

/**
 * The contents of `drift.json`, of this version or of an earlier one with a row for each cell, whose rows are
 * grouped here. Throws an Error if it is neither.
 */
export function parseDrift(value: unknown): readonly Drift[] {
  if (!Array.isArray(value)) throw new Error('it is not a list of changes');
  if (value.every(isDrift)) return value;
  if (value.every(isStoredCell)) return ofCells(value);
  throw new Error('its changes are of another version');
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const isDrift = (value: unknown): value is Drift =>
  isObject(value) && isObject(value.cause) && isObject(value.counts) && Array.isArray(value.groups);

const isStoredCell = (value: unknown): value is StoredCell =>
  isObject(value) &&
  isObject(value.cause) &&
  isObject(value.before) &&
  isObject(value.after) &&
  [value.change, value.principal, value.instance, value.path].every((one) => typeof one === 'string');

function ofCells(cells: readonly StoredCell[]): readonly Drift[] {
  const byCause = Map.groupBy(cells, ({ cause: { eventId, kind, detail } }) =>
    JSON.stringify(eventId === undefined ? [kind, detail] : [eventId]),
  );
  return [...byCause.values()].map((all, number) => {
    const tally = (change: DriftGroup['change']): number =>
      all.filter((cell) => cell.change === change).length;
    return {
      id: `earlier-${number}`,
      cause: (all[0] as StoredCell).cause,
      counts: {
        gained: tally('gained'),
        lost: tally('lost'),
        changed: tally('changed'),
        principals: new Set(all.map(({ principal }) => principal)).size,
        people: null,
        instances: new Set(all.map(({ instance }) => instance)).size,
        production: null,
      },
      groups: groupsOf(all),
    };
  });
}

function groupsOf(cells: readonly StoredCell[]): readonly DriftGroup[] {
  const alike = Map.groupBy(cells, ({ change, principal, path, before, after }) =>
    JSON.stringify([change, principal, path, before, after]),
  );
  return [...alike.values()].map((all) => {
    const { change, principal, path, before, after } = all[0] as StoredCell;
    const instances = all.map(({ instance }) => instance).sort();
    const one = { change, principals: [principal], principalCount: 1, paths: [path], before, after };
    return { ...one, instances: instances.slice(0, 1000), instanceCount: instances.length };
  });
}
