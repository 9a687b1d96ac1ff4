import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

const FILE = join(import.meta.dirname, '../../reference/aws-managed-policies.json.gz');

interface Copies {
  readonly source: { readonly newestPolicy: string };
  readonly policies: Readonly<Record<string, unknown>>;
}

let copies: Promise<Copies> | null = null;

/** Only read when a document is missing. */
async function read(): Promise<Copies> {
  return JSON.parse((await promisify(gunzip)(await readFile(FILE))).toString('utf8'));
}

/**
 * The default version of an AWS managed policy at the time of the copy; null if missing. Policies of other partitions
 * differ and have no copy.
 */
export async function copyOfManagedPolicy(
  arn: string,
): Promise<{ readonly document: unknown; readonly date: string } | null> {
  copies ??= read();
  const { source, policies } = await copies;
  return Object.hasOwn(policies, arn) ? { document: policies[arn], date: source.newestPolicy } : null;
}
