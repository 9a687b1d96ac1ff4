#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// what is loaded from here on is compiled once per machine: half of what a short command takes
enableCompileCache();
const { runProgram } = await import('./program.ts');
await runProgram(process.argv.slice(2));
