import { thousands } from '../policy/counted.ts';

/** So many of the account's instances: `812 of 1,204 instances`, `all 8 instances`, `the 1 instance`. */
export function instancesText(reached: number, all: number): string {
  if (all === 1 && reached === 1) return 'the 1 instance';
  return `${reached === all ? `all ${thousands(all)}` : `${thousands(reached)} of ${thousands(all)}`} instances`;
}
