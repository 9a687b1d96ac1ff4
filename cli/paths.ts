import type { Command } from 'commander';
import type { PathRow } from '../lib/matrix/paths/access-path.ts';
import { ACCESS_PATHS } from '../lib/matrix/paths/access-paths.ts';
import { outputWidth, writeJsonArray, writeOut } from './output.ts';
import { type Field, renderRecords } from './records.ts';

export function define(command: Command): void {
  command
    .option('--json', 'print the paths as a JSON array')
    .addHelpText(
      'after',
      `
Groups: shell (a shell or commands), root (as root or Administrator), network (a port), control (power, tags, metadata,
sessions of others), data (disks, console output). \`--path\` takes ids and groups.

Examples:
  $ latchkey paths
  $ latchkey who-can --in out/acme --path shell

Exit codes: 0 done, 2 bad usage.`,
    )
    .action(paths);
}

async function paths(options: { readonly json?: true }): Promise<void> {
  if (options.json) {
    await writeJsonArray(
      ACCESS_PATHS.map(({ id, title, groups, landsAs, applies }) => ({
        id,
        title,
        groups,
        landsAs,
        ...(applies === undefined ? {} : { applies }),
      })),
    );
    return;
  }
  const fields: readonly Field<PathRow>[] = [
    { title: 'path', value: ({ id }) => id, whole: true },
    { title: 'groups', value: ({ groups }) => groups.join(', ') },
    { title: 'lands as', value: landsAsText },
    { title: 'only', value: ({ applies }) => (applies === undefined ? '' : APPLIES[applies]) },
    { title: 'what it is', value: ({ title }) => title },
  ];
  await writeOut(renderRecords(ACCESS_PATHS, fields, outputWidth()));
}

const APPLIES: Readonly<Record<NonNullable<PathRow['applies']>, string>> = {
  'vpc-endpoint': 'with an endpoint in the VPC',
  windows: 'on Windows',
  linux: 'on Linux',
};

function landsAsText({ landsAs }: PathRow): string {
  if (landsAs === 'os-user') return 'the OS users that the policy allows';
  if (landsAs === 'session-user') return 'ssm-user, or as the preferences say';
  return landsAs.join(', ');
}
