import { describe, expect, test } from 'vitest';
import { CALLS } from '../../lib/collect/calls.ts';
import { rewritten, WRITTEN } from '../../tools/collected-calls.ts';
import { listed, type Statement } from '../infrastructure/template.ts';
import { readTemplate } from '../infrastructure/yaml-template.ts';

describe('files that are generated from the table of calls', () => {
  test.each(WRITTEN.map((part) => [part.file, part] as const))(
    '%s is up to date: if not, run `node tools/collected-calls.ts`',
    (_, part) => {
      const { is, should } = rewritten(part);
      expect(is).toBe(should);
    },
  );

  test('a file without a place for it is refused', () => {
    const [part] = WRITTEN;
    if (part === undefined) throw new Error('nothing is written');
    expect(() => rewritten({ ...part, begin: '# Begin: somewhere else\n' })).toThrow(
      '`infrastructure/roles.yml` has no `# Begin: somewhere else` with its end',
    );
  });

  test.each([
    ['roles.yml', 'ReadAccountPolicy', (properties: Properties) => properties.PolicyDocument],
    [
      'member-account.yml',
      'MemberRole',
      (properties: Properties) => properties.Policies?.[0]?.PolicyDocument,
    ],
  ])('%s grants exactly the actions of the table', async (file, id, documentOf) => {
    const template = await readTemplate(`infrastructure/${file}`);
    const document = documentOf(template.Resources[id]?.Properties as Properties);
    const granted = document?.Statement.flatMap(({ Action }) => listed(Action)) ?? [];
    const needed = CALLS.flatMap(({ grants }) => grants.flatMap(({ actions }) => actions));
    expect([...granted].sort()).toEqual([...new Set(needed)].sort());
    expect(needed.length).toBeGreaterThan(20);
  });
});

interface Document {
  readonly Statement: readonly Statement[];
}
interface Properties {
  readonly PolicyDocument?: Document;
  readonly Policies?: readonly { readonly PolicyDocument: Document }[];
}
