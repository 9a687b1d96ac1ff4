import { setFlagsFromString } from 'node:v8';

/**
 * By default V8 lets a heap of hundreds of megabytes grow to several times its live size before it collects
 * garbage, and more on a busy machine. Half as much again is enough: an audit of a very large account then
 * takes a few percent more time and far less memory (docs/performance.md).
 *
 * New objects get 64 MB before the garbage among them is collected, where V8 uses 16: fewer short-lived
 * objects are copied. It takes some 150 MB more.
 */
export function boundHeapGrowth(): void {
  setFlagsFromString('--heap-growing-percent=50');
  setFlagsFromString('--max-semi-space-size=64');
}
