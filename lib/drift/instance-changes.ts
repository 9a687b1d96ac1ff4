import { type CallNames, callsThat } from '../cloudtrail/calls-that.ts';
import { quoted } from '../policy/quoted.ts';
import { instancesOf } from '../snapshot/instances-of.ts';
import type { Instance, RegionSnapshot, Snapshot } from '../snapshot/snapshot.ts';
import { folds, lifeFolding, subjectsText } from './folding.ts';
import type { InputChange, InputSubject, Marks } from './input-change.ts';
import { isSame, pairs } from './same.ts';
import { tagChanges } from './tag-changes.ts';
import type { OneThatMoved } from './turnover.ts';
import { undoSerialConsole } from './undo.ts';

const LAUNCHES = callsThat('launch');
const ENDS = callsThat('end');
const TAGS = callsThat('resource-tag', 'tag', 'launch');
const MODIFIES = callsThat('instance', 'network');

/**
 * Facts that decide whether a path applies or what its requests are, with their names in `observes` of the
 * matrix's resource kinds; reachability is not drift.
 */
const FACTS = [
  ['platform', ['platform']],
  ['vpcId', ['endpoint']],
  ['privateIps', ['addresses']],
  ['securityGroups', ['security-groups']],
  ['networkInterfaces', ['network-interfaces']],
  ['volumes', ['volumes']],
  ['instanceProfile', ['instance-profile', 'instance-role']],
] as const satisfies readonly (readonly [keyof Instance, readonly string[]])[];

/** Changes of instances, by id. `lifeOf`: for an instance that is in one of the two audits only. */
export function instanceChanges(
  before: Snapshot,
  after: Snapshot,
  lifeOf: (id: string) => OneThatMoved | undefined,
): Map<string, InputChange[]> {
  const found = new Map<string, InputChange[]>();
  for (const [id, old, now] of pairs(instancesOf(before), instancesOf(after), (one) => one.id)) {
    const changes = old && now ? instanceDiffers(old, now) : [lifeChange(id, now !== undefined, lifeOf(id))];
    if (changes.length > 0) found.set(id, changes);
  }
  return found;
}

const subjectOf = (id: string): InputSubject => ({ word: 'instance', name: id });

function lifeChange(id: string, isNew: boolean, life: OneThatMoved | undefined): InputChange {
  return {
    kind: 'instance',
    detail: `instance ${quoted(id)} is ${isNew ? 'new' : 'gone'}`,
    folding: lifeFolding('instance', subjectOf(id), isNew, life),
    life: isNew ? 'new' : 'gone',
    replaced: life?.replaced === true,
    policies: [],
    marks: { instances: [id] },
    events: isNew ? LAUNCHES : ENDS,
  };
}

function instanceDiffers(old: Instance, now: Instance): InputChange[] {
  const marks: Marks = { instances: [now.id, now.arn] };
  const subject = subjectOf(now.id);
  const facts = FACTS.filter(([name]) => !isSame(old[name], now[name]));
  return [
    ...tagChanges({
      ...{ subject, before: old.tags, after: now.tags, marks },
      ...{ events: TAGS, region: now.region },
    }),
    ...facts.map(([name, observed]): InputChange => {
      const sentence = (who: string): string => `${name} of ${who} changed`;
      return {
        kind: 'instance',
        detail: sentence(subjectsText([subject])) + comeAndGone(old[name], now[name]),
        observed,
        folding: folds('instance', subject, { as: [], sentence }, { as: name, sentence }),
        policies: [],
        marks,
        events: MODIFIES,
      };
    }),
  ];
}

/** The items of a list of names that came and went. */
function comeAndGone(old: Instance[keyof Instance], now: Instance[keyof Instance]): string {
  const before = new Set(namesIn(old));
  const after = new Set(namesIn(now));
  const listed = (names: ReadonlySet<string>, word: string): readonly string[] =>
    names.size === 0 ? [] : [`${[...names].sort().map(quoted).join(', ')} ${word}`];
  const parts = [
    ...listed(after.difference(before), 'added'),
    ...listed(before.difference(after), 'removed'),
  ];
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}

function namesIn(value: Instance[keyof Instance]): readonly string[] {
  return Array.isArray(value) ? value.map((one) => (typeof one === 'string' ? one : one.id)) : [];
}

const SETTINGS = [
  ['connectEndpoints', 'the Instance Connect endpoints', callsThat('connect-endpoint')],
  ['publicAccessBlocks', 'the block of public access to VPCs', callsThat('network')],
  ['publicAccessExclusions', 'the exclusions from the block of public access', callsThat('network')],
  ['serialConsoleEnabled', "the account's serial console switch", callsThat('serial-console')],
  ['sessionPreferences', "Session Manager's preferences", callsThat('document')],
  ['documents', "the account's own documents", callsThat('document')],
] as const satisfies readonly (readonly [keyof RegionSnapshot, string, CallNames])[];

/**
 * Changed switches and preferences of regions, by region. Data that was not collected on a side is not a
 * difference.
 */
export function settingChanges(before: Snapshot, after: Snapshot): Map<string, InputChange[]> {
  const found = new Map<string, InputChange[]>();
  for (const [region, old, now] of pairs(before.regions, after.regions, (one) => one.region)) {
    if (!old || !now) continue;
    const differing = SETTINGS.filter(
      ([name]) => name === 'sessionPreferences' || (old[name] !== null && now[name] !== null),
    ).filter(([name]) => !isSame(old[name], now[name]));
    if (differing.length === 0) continue;
    found.set(
      region,
      differing.map(([name, what, events]) => ({
        kind: 'setting',
        detail: `${what} in ${region} changed`,
        policies: [],
        marks: {},
        events,
        ...(name === 'serialConsoleEnabled' ? { undo: undoSerialConsole(region, old[name] === true) } : {}),
      })),
    );
  }
  return found;
}
