import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { checkBoundaries } from '../../tools/boundaries.ts';

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** A small checkout: every file by its path, each with an export to import. */
async function checkout(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'latchkey-boundaries-'));
  folders.push(root);
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), `${text}\nexport const here = 1;\n`);
  }
  return root;
}

async function rulesBroken(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const { violations } = await checkBoundaries(await checkout(files));
  return [...new Set(violations.map((line) => line.split(':')[0] ?? ''))].toSorted();
}

test('this checkout follows its own table', async () => {
  const { modules, violations } = await checkBoundaries(path.join(import.meta.dirname, '..', '..'));
  expect(violations).toEqual([]);
  expect(modules).toBeGreaterThan(300);
});

test('imports that point up the table pass', async () => {
  const { modules, violations } = await checkBoundaries(
    await checkout({
      'lib/policy/arn.ts': '',
      'lib/evaluator/evaluate.ts': "import '../policy/arn.ts';",
      'lib/pipeline/audit.ts': "import '../evaluator/evaluate.ts';",
      'lib/adapters/local/store.ts': "import 'node:fs';",
      'functions/audit.ts': "import '../lib/pipeline/audit.ts';",
      'cli/main.ts': "import '../lib/pipeline/audit.ts'; import '../lib/adapters/local/store.ts';",
    }),
  );
  expect(violations).toEqual([]);
  expect(modules).toBe(7);
});

test.each([
  ['room-policy', 'lib/policy/a.ts', 'lib/evaluator/b.ts'],
  ['room-reference', 'lib/reference/a.ts', 'lib/policy/b.ts'],
  ['room-evaluator', 'lib/evaluator/a.ts', 'lib/matrix/b.ts'],
  ['room-snapshot', 'lib/snapshot/a.ts', 'lib/evaluator/b.ts'],
  ['room-matrix', 'lib/matrix/a.ts', 'lib/findings/b.ts'],
  ['room-matrix', 'lib/matrix/a.ts', 'lib/what-if/b.ts'],
  ['matrix-paths', 'lib/matrix/paths/a.ts', 'lib/matrix/account/b.ts'],
  ['matrix-account', 'lib/matrix/account/a.ts', 'lib/matrix/rows/b.ts'],
  ['matrix-classes', 'lib/matrix/classes/a.ts', 'lib/matrix/rows/b.ts'],
  ['matrix-rows', 'lib/matrix/rows/a.ts', 'lib/matrix/chains/b.ts'],
  ['matrix-chains', 'lib/matrix/chains/a.ts', 'lib/matrix/build.ts'],
  ['matrix-faces', 'lib/matrix/a.ts', 'lib/matrix/stored/b.ts'],
  ['matrix-answers', 'lib/matrix/answers/a.ts', 'lib/matrix/stored/b.ts'],
  ['room-what-if', 'lib/what-if/a.ts', 'lib/findings/b.ts'],
  ['room-across', 'lib/across/a.ts', 'lib/findings/b.ts'],
  ['room-findings', 'lib/findings/a.ts', 'lib/drift/b.ts'],
  ['room-drift', 'lib/drift/a.ts', 'lib/render/b.ts'],
  ['room-cloudtrail', 'lib/cloudtrail/a.ts', 'lib/drift/b.ts'],
  ['room-render', 'lib/render/a.ts', 'lib/publish/b.ts'],
  ['room-ports', 'lib/ports/a.ts', 'lib/matrix/b.ts'],
  ['room-collect', 'lib/collect/a.ts', 'lib/matrix/b.ts'],
  ['room-publish', 'lib/publish/a.ts', 'lib/pipeline/b.ts'],
  ['room-pipeline', 'lib/pipeline/a.ts', 'lib/adapters/aws/b.ts'],
  ['room-adapters-aws', 'lib/adapters/aws/a.ts', 'lib/pipeline/b.ts'],
  ['room-adapters-local', 'lib/adapters/local/a.ts', 'lib/evaluator/b.ts'],
  ['room-adapters-v8', 'lib/adapters/v8/a.ts', 'lib/ports/b.ts'],
  ['functions-compose', 'functions/a.ts', 'lib/adapters/local/b.ts'],
  ['cli-composes', 'cli/a.ts', 'functions/b.ts'],
  ['product-is-not-built-on-tests', 'lib/pipeline/a.ts', 'test/b.ts'],
])('%s: %s may not import %s', async (rule, from, to) => {
  const way = path.posix.relative(path.posix.dirname(from), to);
  const specifier = way.startsWith('.') ? way : `./${way}`;
  expect(
    await rulesBroken({ [from]: `import type { here as there } from '${specifier}';`, [to]: '' }),
  ).toContain(rule);
});

test.each([
  ['core-touches-no-machine', 'lib/render/a.ts', 'node:fs'],
  ['core-touches-no-machine', 'lib/policy/a.ts', 'crypto'],
  ['core-needs-no-package', 'lib/matrix/a.ts', 'commander'],
  ['sdk-stays-in-its-adapter', 'lib/adapters/local/a.ts', '@aws-sdk/client-ec2'],
  ['sdk-stays-in-its-adapter', 'functions/a.ts', '@aws-sdk/client-s3'],
  ['lambda-middleware-stays-in-functions', 'lib/pipeline/a.ts', '@middy/core'],
  ['no-missing-file', 'lib/policy/a.ts', './nowhere.ts'],
])('%s: %s may not import %s', async (rule, from, specifier) => {
  expect(await rulesBroken({ [from]: `import '${specifier}';` })).toContain(rule);
  expect(await rulesBroken({ [from]: `export const late = () => import('${specifier}');` })).toContain(rule);
});

test('a cycle is found and shown completely', async () => {
  const { violations } = await checkBoundaries(
    await checkout({
      'lib/policy/a.ts': "import './b.ts';",
      'lib/policy/b.ts': "import './c.ts';",
      'lib/policy/c.ts': "import './a.ts';",
    }),
  );
  expect(violations.join('\n')).toMatch(/no-cycles: lib\/policy\/a\.ts -> .*b\.ts -> .*c\.ts -> .*a\.ts/);
});

test('a room without a rule is a violation', async () => {
  expect(await rulesBroken({ 'lib/gossip/a.ts': '', 'lib/adapters/azure/a.ts': '' })).toEqual([
    'lib/adapters/azure',
    'lib/gossip',
  ]);
});

test('reading 0 modules is a violation, since an empty check proves nothing', async () => {
  expect(await checkBoundaries(await checkout({}))).toEqual({
    modules: 0,
    violations: [expect.stringMatching(/^0 modules were read/)],
  });
});
