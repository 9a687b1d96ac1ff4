import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');
export const PAGE_BUNDLE = join(ROOT, 'lib/render/html/page-bundle.json');

/** The script of `report.html` as one text, the same on every machine: `page/` and what it imports. */
export async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, 'page/main.tsx')],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: ['es2022'],
    charset: 'ascii',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    define: { 'process.env.NODE_ENV': '"production"' },
    legalComments: 'none',
    logLevel: 'warning',
    tsconfigRaw: { compilerOptions: { target: 'es2022' } },
  });
  // a script element ends at the first such tag, wherever it is
  const script = (outputFiles[0]?.text ?? '')
    .replaceAll('</script', '<\\/script')
    .replaceAll('<!--', '<\\!--');
  return `${JSON.stringify({ script })}\n`;
}

if (import.meta.main) await writeFile(PAGE_BUNDLE, await bundlePage());
