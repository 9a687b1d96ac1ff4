import { setFlagsFromString } from 'node:v8';

/**
 * V8 lets a heap of hundreds of megabytes grow to several times what is alive in it before it looks for garbage, and the
 * more so on a busy machine. Half as much again is enough: an audit of a very large account then takes some percent more
 * time and far less memory (docs/performance.md).
 *
 * New objects get 64 MB before the garbage among them is collected, where V8 takes 16: less of what soon dies is copied.
 * It takes some 150 MB more.
 */
export function boundHeapGrowth(): void {
  setFlagsFromString('--heap-growing-percent=50');
  setFlagsFromString('--max-semi-space-size=64');
}
