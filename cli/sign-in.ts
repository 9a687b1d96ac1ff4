import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Settings of one profile, by name in lower case. */
type Profile = ReadonlyMap<string, string>;

/** Profiles may refer to each other at most this often. */
const MOST_STEPS = 10;

/**
 * The command that gets new credentials for the profile in use: that of IAM Identity Center if the profile,
 * or its source profile, uses it. https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sso.html
 * https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sign-in.html
 */
export async function signInCommand(env: NodeJS.ProcessEnv): Promise<string> {
  const name = env.AWS_PROFILE || env.AWS_DEFAULT_PROFILE || 'default';
  const profiles = await readProfiles(configFile(env));
  const source = sourceOf(profiles, name);
  const isSso = ['sso_session', 'sso_start_url'].some((key) => profiles.get(source)?.has(key));
  const option = source === 'default' ? '' : ` --profile ${quoted(source)}`;
  return `aws ${isSso ? 'sso login' : 'login'}${option}`;
}

const configFile = (env: NodeJS.ProcessEnv): string =>
  env.AWS_CONFIG_FILE || join(homedir(), '.aws', 'config');

/**
 * The names of the profiles of both files, sorted.
 * https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */
export async function profileNames(env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const credentials = env.AWS_SHARED_CREDENTIALS_FILE || join(homedir(), '.aws', 'credentials');
  const files = await Promise.all([configFile(env), credentials].map(readProfiles));
  const names = files.flatMap((profiles) => [...profiles.keys()]);
  return [...new Set(names)].filter((name) => !/^(sso-session|services) /.test(name)).sort();
}

/** The profile whose credentials this one uses. */
function sourceOf(profiles: ReadonlyMap<string, Profile>, name: string): string {
  let at = name;
  for (let step = 0; step < MOST_STEPS; step++) {
    const next = profiles.get(at)?.get('source_profile');
    if (next === undefined || next === at) break;
    at = next;
  }
  return at;
}

/** Quoted for a shell. */
const quoted = (name: string): string =>
  /^[\w.@:/+-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;

/** The profiles of a configuration file; none if it cannot be read. */
async function readProfiles(file: string): Promise<ReadonlyMap<string, Profile>> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const profiles = new Map<string, Map<string, string>>();
  let current: Map<string, string> | null = null;
  for (const line of text.split(/\r?\n/)) {
    const section = /^\s*\[\s*(?:profile\s+)?["']?([^\]]+?)["']?\s*\]/.exec(line)?.[1];
    if (section !== undefined) {
      current = new Map();
      profiles.set(section, current);
      continue;
    }
    const [, key, value] = /^\s*([\w.-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) current?.set(key.toLowerCase(), value);
  }
  return profiles;
}
