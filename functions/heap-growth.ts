import { setFlagsFromString } from 'node:v8';

/**
 * Lambda's runtime lets the space for new objects grow with the memory of a function. Publish reads thousands of small
 * files: in a large space they wait for each other to become garbage, and much of it is copied to the old objects. If the
 * space does not grow, the function takes half the memory (docs/performance.md).
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=50');
}
