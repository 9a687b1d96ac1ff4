#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// what is loaded from here on is compiled once per machine, and its types are erased once; this file is JavaScript, as
// loading what erases types would take as long as all the rest of a short command
enableCompileCache();
const { runProgram } = await import('./program.ts');
await runProgram(process.argv.slice(2));
