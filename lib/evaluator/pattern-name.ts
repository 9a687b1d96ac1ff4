import { remembered } from '../memory/remembered.ts';
import type { ResourcePattern } from './match-resource.ts';

const patternNames = new WeakMap<ResourcePattern, string>();

/** Equal for patterns that match the same. */
export function patternName(pattern: ResourcePattern): string {
  return remembered(patternNames, pattern, () => JSON.stringify([pattern.template.parts, pattern.partial]));
}
