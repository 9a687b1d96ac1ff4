/**
 * Writes lib/reference/aws-managed-policies.json.gz, every AWS managed policy, from the copy in the Python package
 * `moto` (Apache-2.0), which reads it from IAM. Run it with the version of the installed package: `node
 * tools/generate-managed-policies.ts <site-packages>/moto/iam/aws_managed_policies.py 5.2.5`
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { gzipSync } from 'node:zlib';

interface MotoPolicy {
  readonly Path: string;
  readonly UpdateDate: string;
  readonly Document: unknown;
}

const OUT = join(import.meta.dirname, '..', 'lib', 'reference', 'aws-managed-policies.json.gz');

const [file, version] = process.argv.slice(2);
if (file === undefined || version === undefined) {
  console.error(
    'error: name the file `moto/iam/aws_managed_policies.py` and the version of moto that it comes from',
  );
  process.exit(2);
}

/** The file is one Python text, three quotes at each end, whose content is JSON without a backslash. */
const [, json = '', ...rest] = readFileSync(file, 'utf8').split('"""');
if (rest.length !== 1 || json.includes('\\')) throw new Error(`\`${file}\` is not one plain text of JSON`);
const found = Object.entries(JSON.parse(json) as Readonly<Record<string, MotoPolicy>>);

const policies = found
  .map(([name, { Path, Document }]) => [`arn:aws:iam::aws:policy${Path}${name}`, Document] as const)
  .sort(([a], [b]) => (a < b ? -1 : 1));
const newest = found
  .map(([, { UpdateDate }]) => UpdateDate.slice(0, 10))
  .sort()
  .at(-1);
const source = { package: 'moto', version, license: 'Apache-2.0', newestPolicy: newest };
const text = JSON.stringify({ source, policies: Object.fromEntries(policies) });
writeFileSync(OUT, gzipSync(text, { level: 9 }));
console.error(`${policies.length} policies, the newest of ${newest}`);
