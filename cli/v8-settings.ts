import process from 'node:process';
import { setFlagsFromString } from 'node:v8';

/** Sets V8 for one audit in a process of its own. */
export function setV8ForAudit(): void {
  boundHeapGrowth();
  compileLater();
}

/**
 * By default V8 lets a heap of hundreds of megabytes grow to several times its live size before it collects
 * garbage, and more on a busy machine. Half as much again is enough: an audit of a very large account then
 * takes a few percent more time and far less memory (docs/performance.md).
 *
 * New objects get 64 MB before the garbage among them is collected, where V8 uses 16: fewer short-lived
 * objects are copied. It takes some 150 MB more.
 */
function boundHeapGrowth(): void {
  setFlagsFromString('--heap-growing-percent=50');
  setFlagsFromString('--max-semi-space-size=64');
}

/**
 * V8 compiles a function a last time, best but slowly, after some 3,000 calls. Most functions of an audit are not
 * called often enough after that to repay it: it took a third of the CPU time of small and medium accounts
 * (docs/performance.md). Measured with Node 24, which has a fast compiler before that one; Node 22 keeps its own number.
 */
function compileLater(): void {
  const [major] = process.versions.node.split('.').map(Number);
  if (major !== undefined && major >= 24) setFlagsFromString('--invocation-count-for-turbofan=30000');
}
