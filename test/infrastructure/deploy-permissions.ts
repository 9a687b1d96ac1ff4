import { readFile } from 'node:fs/promises';

/** The permissions that the table of docs/deploy.md names in the rows of a command. */
export async function permissionsFor(command: string): Promise<readonly string[]> {
  const page = await readFile('docs/deploy.md', 'utf8');
  const [, table = ''] = page.split('## Who needs what\n');
  const rows = table.split('\n## ')[0]?.split('\n') ?? [];
  return rows
    .filter((row) => row.includes(command))
    .flatMap((row) => [...row.matchAll(/`([a-z0-9-]+:[A-Za-z*]+)`/g)].map(([, name = '']) => name));
}
