import type { PathGroup } from '../lib/matrix/paths/access-path.ts';
import { ACCESS_PATHS } from '../lib/matrix/paths/access-paths.ts';
import type { PathId } from '../lib/matrix/paths/cell.ts';
import type { MatrixInstance, MatrixPrincipal } from '../lib/matrix/paths/matrix.ts';
import type { MatrixNames } from '../lib/matrix/stored/matrix-reader.ts';
import { shortList } from '../lib/policy/counted.ts';
import { didYouMean } from '../lib/policy/nearest.ts';
import { InputError } from '../lib/ports/input-error.ts';
import { instanceLabel, shortPrincipal } from '../lib/render/names.ts';

/** What a typed name means: one thing of the audit, or the reason why not. */
export type ResolvedName = { readonly name: string } | { readonly problem: string };

/** Candidates that an answer lists. */
const MOST_CANDIDATES = 10;

/** https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html */
const PERMISSION_SET_ROLE = /^role\/(AWSReservedSSO_(.+))_[0-9a-f]{16}$/;
const SESSION = /^arn:([^:]*):sts::(\d{12}):assumed-role\/([^/]+)(?:\/.*)?$/;

/** All names of a principal, as the tool prints them or people use them. */
export function callsOf(arn: string): readonly string[] {
  const short = shortPrincipal(arn);
  const account = /^account (\d{12})$/.exec(short)?.[1];
  if (account !== undefined) return [short, account];
  const resource = /^arn:[^:]*:iam::[^:]*:(.+)$/s.exec(arn)?.[1];
  if (resource === undefined) return [arn];
  const [, role, set] = PERMISSION_SET_ROLE.exec(short) ?? [];
  return [
    short,
    short.slice(short.indexOf('/') + 1),
    ...(resource === short ? [] : [resource]),
    ...(role === undefined || set === undefined ? [] : [set, role, `SSO ${set}`]),
  ];
}

/** The principal that a text names, by ARN or by a unique name. */
export function resolvePrincipal(typed: string, { accountId, principals }: MatrixNames): ResolvedName {
  const text = ofSession(typed.trim(), accountId);
  if (principals.some(({ arn }) => arn === text)) return { name: text };
  const found = callersOf(text, principals);
  const [one, ...others] = found;
  if (one !== undefined && others.length === 0) return { name: one };
  if (one !== undefined) return several('principals', typed, found);
  if (isOwnRoot(text, accountId))
    return { problem: `the root user of account \`${accountId}\` is not judged: it may do everything` };
  const known = text.startsWith('arn:')
    ? principals.map(({ arn }) => arn)
    : principals.flatMap(({ arn }) => callsOf(arn));
  return { problem: `this audit has no principal \`${typed}\`${didYouMean(text, known)}` };
}

const isOwnRoot = (text: string, accountId: string): boolean =>
  [`arn:aws:iam::${accountId}:root`, `account ${accountId}`, accountId, 'root'].includes(
    text.replace(/^arn:[^:]+:/, 'arn:aws:'),
  );

/**
 * Principals with exactly this name, or with this name in another case: two names of an account never differ
 * in case only.
 */
function callersOf(text: string, principals: readonly MatrixPrincipal[]): readonly string[] {
  const arns = principals.map(({ arn }) => arn);
  const exactly = arns.filter((arn) => callsOf(arn).includes(text));
  if (exactly.length > 0) return exactly;
  const lower = text.toLowerCase();
  return arns.filter((arn) => callsOf(arn).some((call) => call.toLowerCase() === lower));
}

/** CloudTrail and `sts get-caller-identity` give the session of a role. */
function ofSession(typed: string, accountId: string): string {
  const [, , account, role] = SESSION.exec(typed) ?? [];
  return account === accountId && role !== undefined ? `role/${role}` : typed;
}

const LABELS = [/^(?<id>i-[0-9a-f]+) \(.*\)$/s, /^.* \((?<id>i-[0-9a-f]+)\)$/s];

/** The instance that a text names: by id, ARN, unique Name tag, or as it is printed. */
export function resolveInstance(typed: string, names: MatrixNames): ResolvedName {
  // the printed form of a step of a chain
  const text = typed.trim().replace(/^instance[/ ](i-[0-9a-f]+)$/, '$1');
  const instances = names.instances();
  const label = LABELS.map((form) => form.exec(text)?.groups?.id).find((id) => id !== undefined);
  const exactly = instances.find(({ id, arn }) => id === text || arn === text);
  if (exactly !== undefined) return { name: exactly.id };
  const named = namedSo(text, instances);
  const [one, ...others] = named;
  if (one !== undefined && others.length === 0) return { name: one.id };
  if (one !== undefined) return several('instances', typed, named.map(instanceLabel));
  if (label !== undefined && instances.some(({ id }) => id === label)) return { name: label };
  const known = text.startsWith('i-')
    ? instances.map(({ id }) => id)
    : new Set(instances.flatMap(({ name }) => name ?? []));
  return { problem: `this audit has no instance \`${typed}\`${didYouMean(text, known)}` };
}

function namedSo(text: string, instances: readonly MatrixInstance[]): readonly MatrixInstance[] {
  const exactly = instances.filter(({ name }) => name === text);
  if (exactly.length > 0) return exactly;
  const lower = text.toLowerCase();
  return instances.filter(({ name }) => name?.toLowerCase() === lower);
}

function several(what: string, typed: string, all: readonly string[]): ResolvedName {
  const shown = shortList(all, MOST_CANDIDATES, { text: (one) => `\`${one}\`` });
  return {
    problem: `\`${typed}\` may be ${all.length} ${what}: ${shown}: name one of them`,
  };
}

export const PATH_GROUPS: readonly PathGroup[] = ['shell', 'root', 'network', 'control', 'data'];

/**
 * The access paths of an option: ids and groups, separated by commas. Throws an InputError with the nearest
 * name for an unknown one.
 */
export function resolvePaths(typed: string): readonly PathId[] {
  const found = typed.split(',').flatMap((part) => pathsCalled(part.trim().toLowerCase()));
  return ACCESS_PATHS.map(({ id }) => id).filter((id) => found.includes(id));
}

function pathsCalled(word: string): readonly PathId[] {
  const found = ACCESS_PATHS.filter(
    ({ id, groups }) => id === word || groups.some((group) => group === word),
  );
  if (found.length > 0) return found.map(({ id }) => id);
  const ids = ACCESS_PATHS.map(({ id }) => id);
  throw new InputError(
    `--path: there is no access path \`${word}\`${didYouMean(word, [...ids, ...PATH_GROUPS])}: the paths are ${ids.join(', ')}; the groups are ${PATH_GROUPS.join(', ')}`,
  );
}
