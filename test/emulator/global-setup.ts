import type { TestProject } from 'vitest/node';
import { startMinistack } from './ministack.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** the endpoint of the emulator: `inject('emulatorEndpoint')` */
    emulatorEndpoint: string;
  }
}

/** One emulator for the whole suite. Vitest calls the result when the last test is done. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const ministack = await startMinistack();
  project.provide('emulatorEndpoint', ministack.endpoint);
  return () => ministack.stop();
}
