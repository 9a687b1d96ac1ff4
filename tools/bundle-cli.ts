import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { build, type Plugin } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');
const OUT = join(ROOT, 'dist');

/** A file that uses its own path gets its place in the checkout: the package has what it reads at the same place. */
const ownPlace: Plugin = {
  name: 'own-place',
  setup({ onLoad }) {
    onLoad({ filter: /\/(lib|cli)\/.*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (!text.includes('import.meta.dirname')) return null;
      const place = `(import.meta.dirname + ${JSON.stringify(`/${relative(OUT, dirname(path))}`)})`;
      return { contents: text.replaceAll('import.meta.dirname', place), loader: 'ts' };
    });
  },
};

/** The command line with its dependencies, as one JavaScript file for Node 22 and 24. */
await build({
  entryPoints: [join(ROOT, 'cli/program.ts')],
  outfile: join(OUT, 'latchkey.js'),
  bundle: true,
  minify: true,
  // names are part of messages
  keepNames: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [ownPlace],
  banner: {
    // CommonJS packages load Node's own modules this way
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
});
