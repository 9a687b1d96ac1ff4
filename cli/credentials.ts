import type { NoCaller } from '../lib/adapters/aws/caller.ts';
import { didYouMean } from '../lib/policy/nearest.ts';
import { InputError } from '../lib/ports/input-error.ts';
import { profileNames, signInCommand } from './sign-in.ts';

/**
 * Checks the credentials before an audit. Throws an InputError with one line: what is wrong and how to sign
 * in.
 */
export async function mustBeSignedIn(
  env: NodeJS.ProcessEnv,
  region: string,
  ask: (region: string) => Promise<NoCaller | null>,
): Promise<void> {
  const profile = env.AWS_PROFILE;
  const names = await profileNames(env);
  if (profile && !names.includes(profile)) {
    throw new InputError(
      `there is no AWS profile \`${profile}\`${didYouMean(profile, names)}: ${
        names.length > 0 ? `the profiles are ${names.join(', ')}` : 'none is set up: run `aws configure sso`'
      }`,
    );
  }
  const none = await ask(region);
  if (none !== null) throw new InputError(await saysWhy(none, env));
}

async function saysWhy({ why, detail }: NoCaller, env: NodeJS.ProcessEnv): Promise<string> {
  const signIn = await signInCommand(env);
  switch (why) {
    case 'none':
      return `no AWS credentials: sign in with \`${signIn}\`, or name a profile with \`--profile\``;
    case 'expired':
      return `the AWS session has expired: sign in again with \`${signIn}\``;
    case 'unknown':
      return `AWS does not know these credentials (${detail}): sign in again with \`${signIn}\``;
    case 'unreachable':
      return `cannot reach ${env.AWS_ENDPOINT_URL ? `\`${env.AWS_ENDPOINT_URL}\`` : 'AWS'} (${detail}): check the network, or a proxy between`;
  }
}
