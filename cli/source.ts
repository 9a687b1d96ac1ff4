import { resolve } from 'node:path';
import { isRegionName, mustBeRegion, namedRegions } from '../lib/pipeline/named-regions.ts';
import type { Origin } from '../lib/pipeline/run-record.ts';
import type { AccountSource } from '../lib/ports/account-source.ts';
import { InputError } from '../lib/ports/input-error.ts';
import { mustBeSignedIn } from './credentials.ts';
import { fileNames, mustBeFolder } from './folders.ts';
import { signInCommand } from './sign-in.ts';

/** The options that say where an account is read from. */
export interface OriginOptions {
  readonly from?: string;
  readonly live?: true;
  readonly profile?: string;
  readonly regions?: string;
}

/** Where the account is read from, by the options. Throws an InputError if they contradict each other. */
export async function originOf(options: OriginOptions): Promise<Origin> {
  if (options.from !== undefined && options.live) {
    throw new InputError('`--from` and `--live` exclude each other: leave one of them out');
  }
  if (options.from !== undefined) {
    for (const name of ['profile', 'regions'] as const) {
      if (options[name] !== undefined)
        throw new InputError(`\`--${name}\` goes with \`--live\` only: leave it out`);
    }
    await mustBeFolder('--from', options.from, 'name a folder of AWS CLI output');
    await mustHoldRegions(options.from);
    return { kind: 'folder', path: resolve(options.from) };
  }
  if (!options.live) {
    throw new InputError(
      'nothing says what to read: give `--from DIR` (a folder of AWS CLI output) or `--live`',
    );
  }
  return {
    kind: 'live',
    profile: options.profile ?? null,
    regions: options.regions === undefined ? null : regionsOf(options.regions),
  };
}

function regionsOf(list: string): readonly string[] {
  try {
    return namedRegions(list.split(',').map((name) => name.trim()));
  } catch (error) {
    throw new InputError(`--regions: ${(error as Error).message}`);
  }
}

async function mustHoldRegions(folder: string): Promise<void> {
  for (const name of (await fileNames(folder)).filter(isRegionName)) {
    mustBeRegion(`--from: the folder \`${name}\` in \`${folder}\``, name);
  }
}

/** Opens the source of an Origin; the AWS SDK is loaded for a live account only. */
export async function openSource(origin: Origin): Promise<AccountSource> {
  if (origin.kind === 'folder') {
    const { folderSource } = await import('../lib/adapters/local/folder-source.ts');
    return folderSource(origin.path);
  }
  // the SDK reads the profile from the environment, before its first call
  if (origin.profile !== null) process.env.AWS_PROFILE = origin.profile;
  const { env } = process;
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || origin.regions?.[0] || 'us-east-1';
  const { noCaller } = await import('../lib/adapters/aws/caller.ts');
  await mustBeSignedIn(env, region, noCaller);
  const { awsSource } = await import('../lib/adapters/aws/account-source.ts');
  return awsSource({
    signIn: await signInCommand(env),
    region,
    ...(origin.regions !== null && { regions: origin.regions }),
  });
}
