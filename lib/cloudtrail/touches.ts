/** The things in an event, by kind, each as written there: a name, an id or an ARN. */
export interface Touches {
  readonly policies: readonly string[];
  readonly roles: readonly string[];
  readonly users: readonly string[];
  /** of IAM, by name or ARN */
  readonly groups: readonly string[];
  /** of IAM Identity Center, by id */
  readonly directoryGroups: readonly string[];
  readonly instances: readonly string[];
  readonly tagKeys: readonly string[];
  readonly securityGroups: readonly string[];
  readonly instanceProfiles: readonly string[];
  readonly documents: readonly string[];
  readonly settings: readonly string[];
  readonly images: readonly string[];
  /** of disks */
  readonly snapshots: readonly string[];
  /** roots, organisational units and accounts */
  readonly targets: readonly string[];
  /** keys of objects in a bucket */
  readonly objects: readonly string[];
  /** tagged resources of any kind */
  readonly resources: readonly string[];
}

export type TouchKind = keyof Touches;

const KINDS = [
  'policies',
  'roles',
  'users',
  'groups',
  'directoryGroups',
  'instances',
  'tagKeys',
  'securityGroups',
  'instanceProfiles',
  'documents',
  'settings',
  'images',
  'snapshots',
  'targets',
  'objects',
  'resources',
] as const satisfies readonly TouchKind[];

/** The kind of a member with this name (in lower case), in any event and at any depth. */
const BY_NAME: ReadonlyMap<string, TouchKind> = new Map([
  ['policyarn', 'policies'],
  ['policyname', 'policies'],
  ['policyid', 'policies'],
  ['permissionsboundary', 'policies'],
  ['rolename', 'roles'],
  ['username', 'users'],
  ['groupname', 'groups'],
  ['instanceid', 'instances'],
  ['tagkey', 'tagKeys'],
  ['tagkeys', 'tagKeys'],
  ['instanceprofilename', 'instanceProfiles'],
  ['documentname', 'documents'],
  ['settingid', 'settings'],
  ['targetid', 'targets'],
  ['resourceid', 'resources'],
]);

const BY_VALUE: readonly (readonly [RegExp, TouchKind])[] = [
  [/^m?i-[0-9a-z]{1,32}$/i, 'instances'],
  [/^sg-[0-9a-z]{1,32}$/i, 'securityGroups'],
  [/^ami-[0-9a-z]{1,32}$/i, 'images'],
  [/^snap-[0-9a-z]{1,32}$/i, 'snapshots'],
  [/^arn:[^:]*:ec2:[^:]*:[^:]*:instance\/./, 'instances'],
  [/^arn:[^:]*:iam::[^:]*:role\/./, 'roles'],
  [/^arn:[^:]*:iam::[^:]*:user\/./, 'users'],
  [/^arn:[^:]*:iam::[^:]*:group\/./, 'groups'],
  [/^arn:[^:]*:iam::[^:]*:policy\/./, 'policies'],
  [/^arn:[^:]*:iam::[^:]*:instance-profile\/./, 'instanceProfiles'],
  [/^arn:[^:]*:ssm:[^:]*:[^:]*:document\/./, 'documents'],
];

/**
 * Events are small; more than this is an attack or a mistake, and the next scan will see the change anyway.
 */
const MAX_DEPTH = 40;
const MAX_MEMBERS = 50_000;
const MAX_ENTRIES = 2_000;
const MAX_LENGTH = 2_048;

interface Place {
  readonly value: unknown;
  /** the member's name in lower case; an item of a list has the name of its list */
  readonly name: string;
  readonly depth: number;
  /** inside a list of tags */
  readonly tags: boolean;
}

/**
 * Finds the things in parts of an event: by the names of members, in any case and at any depth, in lists and
 * single objects, and by the form of the values. Unknown forms give nothing, and never an error.
 */
export function touchesOf(parts: readonly unknown[], eventSource: string): Touches {
  const found = new Map<TouchKind, Set<string>>(KINDS.map((kind) => [kind, new Set()]));
  const stack: Place[] = parts.map((value) => ({ value, name: '', depth: 0, tags: false }));
  for (let seen = 0; seen < MAX_MEMBERS; seen++) {
    const place = stack.pop();
    if (!place) break;
    if (typeof place.value === 'string') noteText(place, eventSource, found);
    else if (typeof place.value === 'object' && place.value !== null && place.depth < MAX_DEPTH)
      open(place, stack);
  }
  return Object.fromEntries(
    KINDS.map((kind) => [kind, [...(found.get(kind) ?? [])].sort()]),
  ) as unknown as Touches;
}

function open(place: Place, stack: Place[]): void {
  const depth = place.depth + 1;
  if (Array.isArray(place.value)) {
    for (const value of place.value) stack.push({ ...place, value, depth });
    return;
  }
  // the tagging API takes tags as `{"env": "prod"}`, the others as a list of `{"key", "value"}`
  const tagMap = place.name === 'tags';
  for (const [key, value] of Object.entries(place.value as object)) {
    const name = key.toLowerCase();
    if (tagMap && typeof value === 'string' && name !== 'key' && name !== 'value') {
      stack.push({ value: key, name: 'tagkey', depth, tags: true });
    } else {
      stack.push({ value, name, depth, tags: place.tags || /^tag/.test(name) });
    }
  }
}

function noteText(
  { value, name, tags }: Place,
  eventSource: string,
  found: Map<TouchKind, Set<string>>,
): void {
  const text = value as string;
  if (text === '' || text.length > MAX_LENGTH) return;
  if (tags) {
    if (name === 'key' || BY_NAME.get(name) === 'tagKeys') note(found, 'tagKeys', text);
    return;
  }
  const named = BY_NAME.get(name);
  if (named) note(found, inService(named, eventSource), text);
  const ofService = IN_SERVICE.get(`${eventSource} ${name}`);
  if (ofService) note(found, ofService, text);
  for (const [form, kind] of BY_VALUE) {
    if (form.test(text)) note(found, kind, text);
  }
}

/** Members that name a thing only in the calls of one service. */
const IN_SERVICE: ReadonlyMap<string, TouchKind> = new Map([
  ['s3.amazonaws.com key', 'objects'],
  // https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_CreateGroupMembership.html
  ['sso-directory.amazonaws.com groupid', 'directoryGroups'],
  ['identitystore.amazonaws.com groupid', 'directoryGroups'],
  ['ssm.amazonaws.com name', 'documents'],
]);

/** A `groupName` of EC2 is a security group. */
function inService(kind: TouchKind, eventSource: string): TouchKind {
  return kind === 'groups' && eventSource === 'ec2.amazonaws.com' ? 'securityGroups' : kind;
}

function note(found: Map<TouchKind, Set<string>>, kind: TouchKind, text: string): void {
  const entries = found.get(kind);
  if (entries && entries.size < MAX_ENTRIES) entries.add(text);
}
