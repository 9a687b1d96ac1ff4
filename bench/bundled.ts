import path from 'node:path';
import { build } from 'esbuild';

/** Node compiles one file of plain JavaScript, as deployed: removing types from hundreds takes 50 MB more. */
export async function bundled(entry: string, folder: string): Promise<string> {
  const outfile = path.join(folder, `${path.basename(entry, '.ts')}.mjs`);
  await build({
    ...{ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' },
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  return outfile;
}

/**
 * The heap that Lambda's runtime gives a function: nine tenths of its memory, and a twentieth for each half of the space
 * for new objects.
 */
export const heapFlags = (memoryMb: number): readonly string[] => [
  `--max-old-space-size=${Math.floor(0.9 * memoryMb)}`,
  `--max-semi-space-size=${Math.floor(0.05 * memoryMb)}`,
];
