import process from 'node:process';
import { setFlagsFromString } from 'node:v8';

/** For one audit in a process of its own. */
export function setV8ForAudit(): void {
  growHeapByHalf();
  // New objects get 64 MB before the garbage among them is collected; by default V8 gives them 16. Fewer short-lived
  // objects are copied. It takes some 150 MB more.
  setFlagsFromString('--max-semi-space-size=64');
  compileLater();
}

/**
 * For a process that reads thousands of small files. A large space for new objects is collected rarely: garbage stays in
 * memory, and much of it is copied to the old objects. Lambda's runtime lets this space grow with the memory of a
 * function; if it does not grow, the function takes half the memory (docs/performance.md).
 */
export function setV8ForManyFiles(): void {
  growHeapByHalf();
  setFlagsFromString('--semi-space-growth-factor=1');
}

/**
 * By default V8 lets a heap of hundreds of megabytes grow to several times its live size before it collects
 * garbage, and more on a busy machine. With growth by half, an audit of a very large account takes a few percent
 * more time and far less memory (docs/performance.md).
 */
function growHeapByHalf(): void {
  setFlagsFromString('--heap-growing-percent=50');
}

/**
 * V8 compiles a function a last time, best but slowly, after some 3,000 calls. Most functions of an audit are not
 * called often enough after that to repay it: it took a third of the CPU time of small and medium accounts
 * (docs/performance.md). Measured with Node 24, which has a fast compiler before that one; for Node 22 the number stays.
 */
function compileLater(): void {
  const [major] = process.versions.node.split('.').map(Number);
  if (major !== undefined && major >= 24) setFlagsFromString('--invocation-count-for-turbofan=30000');
}
