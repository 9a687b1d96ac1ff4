import { expect, test } from 'vitest';
import { parsePrincipal } from '../../lib/policy/principal.ts';
import type { Problem } from '../../lib/policy/problem.ts';

const NOBODY = { not: false, any: false, aws: [], service: [], federated: [], canonicalUser: [] };

test.each<[unknown, object, string[]]>([
  ['*', { any: true }, []],
  [{ AWS: '*' }, { any: true, aws: ['*'] }, []],
  [{ AWS: ['a', '*'] }, { any: true, aws: ['a', '*'] }, []],
  [{ Service: '*' }, { service: ['*'] }, []],
  [
    { AWS: 'a', Service: ['b', 'c'], Federated: 'd', CanonicalUser: 'e' },
    { aws: ['a'], service: ['b', 'c'], federated: ['d'], canonicalUser: ['e'] },
    [],
  ],
  [{ AWS: [] }, {}, []],
  [{}, {}, []],
  ['a', {}, ['p']],
  [null, {}, ['p']],
  [['*'], {}, ['p']],
  [{ AWS: ['a', 1], Service: 'b' }, { service: ['b'] }, ['p.AWS']],
  [{ AWS: { '*': 1 } }, {}, ['p.AWS']],
  [{ Group: 'a' }, {}, ['p.Group']],
  [{ constructor: 'a' }, {}, ['p.constructor']],
])('%j', (value, wanted, paths) => {
  const problems: Problem[] = [];
  expect(parsePrincipal(value, false, 'p', problems)).toEqual({ ...NOBODY, ...wanted });
  expect(problems.map(({ path }) => path)).toEqual(paths);
  expect(parsePrincipal(value, true, 'p', [])).toEqual({ ...NOBODY, ...wanted, not: true });
});
