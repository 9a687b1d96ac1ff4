#!/usr/bin/env node
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';

// JavaScript that an old Node can read as well, so that it can say in one line which Node is needed; an installed
// command is one bundle, a checkout runs TypeScript directly
const source = new URL('program.ts', import.meta.url);
const isCheckout = existsSync(source);
const [major] = process.versions.node.split('.').map(Number);

if (major < 22 || (isCheckout && !process.features.typescript)) {
  const wanted = isCheckout ? 'Node 24, or 22.18 or newer' : 'Node 22 or 24';
  const instead = isCheckout
    ? ', or run `npm run -s latchkey -- VERB ...` after `npm ci`, which brings it'
    : '';
  process.stderr.write(
    `latchkey: this is Node ${process.versions.node}, and latchkey needs ${wanted}: install it${instead}\n`,
  );
  process.exitCode = 2;
} else {
  // Node stores the compiled code of all modules that are loaded after this, for the next start
  nodeModule.enableCompileCache?.();
  const program = isCheckout ? source : new URL('../dist/latchkey.js', import.meta.url);
  import(program.href).then(({ runProgram }) => runProgram(process.argv.slice(2)));
}
