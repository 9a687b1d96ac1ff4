import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { type CompiledPolicy, compilePolicy } from '../lib/evaluator/compile.ts';
import { parsePolicy } from '../lib/policy/document.ts';
import { readManagedPolicies } from './managed-policies.ts';

export interface CompileMeasure {
  readonly policies: number;
  readonly statements: number;
  /** parsing and compiling of documents that are JSON values already, in a new process */
  readonly compileSeconds: number;
  /** the memory of the compiled policies, in millions of bytes; null if the garbage collector cannot be called */
  readonly compiledMb: number | null;
}

/** Compiles every AWS managed policy. For a true figure: once, in its own process with `--expose-gc`. */
export function measureCompiling(collectGarbage: (() => void) | undefined): CompileMeasure {
  collectGarbage?.();
  const before = process.memoryUsage().heapUsed;
  const { compiled, seconds } = compileAll();
  collectGarbage?.();
  const kept = process.memoryUsage().heapUsed - before;
  return {
    policies: compiled.length,
    statements: compiled.reduce((sum, { statements }) => sum + statements.length, 0),
    compileSeconds: Math.round(seconds * 1000) / 1000,
    compiledMb: collectGarbage ? Math.round(kept / 1e5) / 10 : null,
  };
}

/** A separate function, so that the documents are garbage when it returns. */
function compileAll(): { readonly compiled: readonly CompiledPolicy[]; readonly seconds: number } {
  const documents = [...readManagedPolicies()];
  const start = performance.now();
  const compiled = documents.map(([arn, document]) =>
    compilePolicy(parsePolicy(document, 'identity'), arn, 'identity'),
  );
  return { compiled, seconds: (performance.now() - start) / 1000 };
}
