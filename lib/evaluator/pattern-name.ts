import type { ResourcePattern } from './match-resource.ts';

const patternNames = new WeakMap<ResourcePattern, string>();

/** Equal for patterns that match the same. */
export function patternName(pattern: ResourcePattern): string {
  let name = patternNames.get(pattern);
  if (name === undefined) {
    name = JSON.stringify([pattern.template.parts, pattern.partial]);
    patternNames.set(pattern, name);
  }
  return name;
}
