import type { Instance } from '../../snapshot/snapshot.ts';
import type { Expected } from './expected.ts';

/** Whether an instance is production: by the tags in the account's file, else by `taggedProd`. */
export function productionTest({
  production,
}: Pick<Expected, 'production'>): (instance: Instance | undefined) => boolean {
  if (production === null) return taggedProd;
  const wanted = new Map<string, Set<string>>();
  for (const { key, values } of production) {
    const known = wanted.get(key.toLowerCase()) ?? new Set();
    for (const value of values) known.add(value.toLowerCase());
    wanted.set(key.toLowerCase(), known);
  }
  return (instance) =>
    (instance?.tags ?? []).some(({ key, value }) => wanted.get(key.toLowerCase())?.has(value.toLowerCase()));
}

/** True if `env` or `environment` is `prod` or `production`, in any case. */
export function taggedProd(instance: Instance | undefined): boolean {
  return (instance?.tags ?? []).some(
    ({ key, value }) => /^(env|environment)$/i.test(key) && /^(prod|production)$/i.test(value),
  );
}
