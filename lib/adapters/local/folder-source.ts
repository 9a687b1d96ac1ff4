import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { AccountSource, SourceAnswer, SourceCall } from '../../ports/account-source.ts';
import { InputError } from '../../ports/input-error.ts';
import { readPages } from '../../snapshot/answer-pages.ts';
import type { AnswerText } from '../../snapshot/answer-text.ts';
import { readLargeAnswer } from './large-json.ts';
import { copyOfManagedPolicy } from './managed-policies.ts';
import { decodedText, isCompressed } from './text-of-bytes.ts';

const REGION = /^[a-z]{2,}(?:-[a-z]+)+-\d+$/;
/** AMI ids, snapshot ids, document names and percent-encoded ARNs; nothing that leaves the folder */
const ARGUMENT = /^[\w-][\w.%-]*$/;

/**
 * An account as a folder of AWS CLI output: global services at the top, one folder per region, each file
 * `service.operation[.argument].json`. A missing file is not collected, a broken one is unreadable; a missing folder is
 * an InputError. See docs/input-folder.md.
 */
export function folderSource(dir: string): AccountSource {
  const asked = new Set<string>();
  return {
    regions: () => regionsIn(dir),
    read: async (call) => {
      const usual = await fileOf(dir, call);
      if (usual === null) return { status: 'not-collected', detail: 'its name cannot be that of a file' };
      const file = await placeOf(dir, usual, call);
      asked.add(file).add(`${file}${GZIP}`);
      return answerOf(dir, file, call);
    },
    copyOfPolicy: copyOfManagedPolicy,
    unread: () => unreadIn(dir, asked),
  };
}

/** Region folders, also those in a folder of EC2: every region has its instances there. */
async function regionsIn(dir: string): Promise<string[]> {
  const names = [...(await entriesOf(dir)), ...(await readdir(join(dir, 'ec2')).catch(() => []))];
  return [...new Set(names)].filter((name) => REGION.test(name)).sort();
}

const isThere = async (path: string): Promise<boolean> => (await stat(path).catch(() => null)) !== null;

/** The usual file; if there is none, the one in a folder of its service, within the region's folder or around it. */
async function placeOf(dir: string, usual: string, { service, region }: SourceCall): Promise<string> {
  const operation = usual.slice(usual.lastIndexOf('/') + 1 + `${service}.`.length);
  const others =
    region === null
      ? [`${service}/${operation}`]
      : [`${region}/${service}/${operation}`, `${service}/${region}/${operation}`];
  for (const file of [usual, ...others])
    if ((await isThere(join(dir, file))) || (await isThere(join(dir, `${file}${GZIP}`)))) return file;
  return usual;
}

async function entriesOf(dir: string): Promise<string[]> {
  try {
    return (await readdir(dir)).sort();
  } catch (error) {
    const how = 'name a folder of AWS CLI output, as docs/input-folder.md describes it';
    throw new InputError(`cannot read the folder \`${dir}\`: ${reasonOf(error)}: ${how}`, { cause: error });
  }
}

/** The call's file, relative to the folder; null if the argument cannot be part of a file's name. */
async function fileOf(dir: string, call: SourceCall): Promise<string | null> {
  const { service, operation, region } = call;
  const argument = call.argument === undefined ? undefined : encodeURIComponent(call.argument);
  const folder = region === null ? '' : `${region}/`;
  if (argument === undefined) return `${folder}${service}.${operation}.json`;
  if (!ARGUMENT.test(argument)) return null;
  const exact = `${service}.${operation}.${argument}.json`;
  if (operation !== 'get-service-setting') return `${folder}${await named(dir, folder, call, exact)}`;
  // a setting's name is a path, and people encode it in different ways: only the last part is always the same
  const names = await readdir(join(dir, folder)).catch(() => []);
  const found = names.find(
    (name) => name.startsWith(`${service}.${operation}.`) && name.endsWith(`${argument}.json`),
  );
  return `${folder}${found ?? exact}`;
}

/** A file whose argument is an ARN may have only the name from the ARN instead. */
async function named(dir: string, folder: string, call: SourceCall, exact: string): Promise<string> {
  const name = /^arn:.*[/:]([^/:]+)$/.exec(call.argument ?? '')?.[1];
  if (name === undefined || call.service === 'iam') return exact;
  const byName = `${call.service}.${call.operation}.${encodeURIComponent(name)}.json`;
  const isHere = (file: string): Promise<boolean> => isThere(join(dir, folder, file));
  return !(await isHere(exact)) && (await isHere(byName)) ? byName : exact;
}

async function answerOf(dir: string, file: string, call: SourceCall): Promise<SourceAnswer> {
  let read: AnswerText;
  try {
    read = await readEither(join(dir, file), call);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') {
      const below = call.region === null ? await folderWith(dir, file) : null;
      const how =
        below === null
          ? 'docs/input-folder.md has the command that writes it'
          : `the folder \`${below}\` in it has one: name that folder`;
      return { status: 'not-collected', detail: `there is no file \`${file}\`: ${how}` };
    }
    return { status: 'unreadable', detail: `\`${file}\` cannot be read: ${reasonOf(error)}` };
  }
  if (read.ok) return { status: 'collected', data: read.value, duplicateKeys: read.duplicateKeys };
  const fix = 'write it again as docs/input-folder.md says';
  return { status: 'unreadable', detail: `\`${file}\` ${oneLine(read.message)}: ${fix}` };
}

/** A folder in this one that has the file. */
async function folderWith(dir: string, file: string): Promise<string | null> {
  for (const entry of await readdir(dir, { withFileTypes: true }))
    if (entry.isDirectory() && (await stat(join(dir, entry.name, file)).catch(() => null)) !== null)
      return entry.name;
  return null;
}

const HOLD_POLICIES: ReadonlySet<string> = new Set(['iam', 'organizations']);

/** The end of the name of a compressed file. */
const GZIP = '.gz';

/** The file, or the compressed one in its place. */
async function readEither(path: string, call: SourceCall): Promise<AnswerText> {
  try {
    return await readAnswer(path, call);
  } catch (error) {
    const other = `${path}${GZIP}`;
    if (codeOf(error) !== 'ENOENT' || (await stat(other).catch(() => null)) === null) throw error;
    return readAnswer(other, call);
  }
}

async function readAnswer(path: string, { service, lists = [] }: SourceCall): Promise<AnswerText> {
  const { size } = await stat(path);
  const holdsPolicies = HOLD_POLICIES.has(service);
  if (size > LARGE)
    return readLargeAnswer(createReadStream(path, { highWaterMark: PIECE }), holdsPolicies, lists);
  const kept = await readFile(path);
  const bytes = isCompressed(kept) ? await unpacked(kept) : kept;
  if (bytes === null) return DAMAGED;
  if (bytes.length > LARGE) return readLargeAnswer(Readable.from([bytes]), holdsPolicies, lists);
  const text = decodedText(bytes);
  return text === null ? NOT_TEXT : readPages(text, holdsPolicies, lists);
}

/** Null: it is damaged, or too large. */
async function unpacked(bytes: Buffer): Promise<Buffer | null> {
  return await promisify(gunzip)(bytes, { maxOutputLength: LARGEST }).catch(() => null);
}

/** Bytes: well below the longest text in JavaScript */
const LARGE = 200_000_000;
const PIECE = 16_000_000;
/** Bytes of an unpacked file. */
const LARGEST = 2_000_000_000;

/** JavaScript quotes the broken text in its message, including line ends and escapes. */
const oneLine = (message: string): string => message.replace(/[\p{Cc}\s]+/gu, ' ');

const NOT_TEXT = { ok: false, message: 'is not UTF-8 text' } as const;
const DAMAGED = { ok: false, message: 'cannot be unpacked: it is cut off or damaged' } as const;

/** The files that no call used, by name. A folder from which no file was read is one entry. */
async function unreadIn(dir: string, asked: ReadonlySet<string>): Promise<string[]> {
  const unread: string[] = [];
  for (const name of await filesIn(dir)) {
    if (asked.has(name)) continue;
    const folder = name.replace(/\/$/, '');
    if (![...asked].some((file) => file.startsWith(`${folder}/`))) unread.push(name);
    else unread.push(...(await filesBelow(dir, folder)).filter((file) => !asked.has(file)));
  }
  return unread;
}

async function filesBelow(dir: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(dir, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(dir, join(parentPath, name)).replaceAll(sep, '/'))
    .sort();
}

/** Every file of the folder and of its region folders; other folders by their name. Hidden ones are ignored. */
async function filesIn(dir: string): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    if (entry.name.startsWith('.') || entry.name === 'latchkey.yml') continue;
    if (!entry.isDirectory()) files.push(entry.name);
    else if (!REGION.test(entry.name)) files.push(`${entry.name}/`);
    else {
      const names = await readdir(join(dir, entry.name));
      files.push(...names.filter((name) => !name.startsWith('.')).map((name) => `${entry.name}/${name}`));
    }
  }
  return files.sort();
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'it does not exist'],
  ['ENOTDIR', 'it is not a folder'],
  ['EISDIR', 'it is a folder'],
  ['EACCES', 'permission denied'],
]);

const reasonOf = (error: unknown): string => REASONS.get(codeOf(error)) ?? codeOf(error);
