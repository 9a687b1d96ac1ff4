import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inputFiles } from '../fixtures/input-files.ts';
import { latchkey, temporaryFolder, writeFiles } from './run.ts';

describe('a region that AWS does not have', () => {
  it.each([
    ['us-esat-1', 'us-east-1'],
    ['eu-wst-3', 'eu-west-3'],
  ])('is refused with the nearest: %s', async (typed, meant) => {
    const { code, stderr } = await latchkey([
      'scan',
      '--live',
      '--regions',
      `us-east-1,${typed}`,
      '--out',
      'x',
    ]);
    expect(code).toBe(2);
    expect(stderr).toBe(
      `latchkey: --regions: \`${typed}\` is no region of AWS (did you mean \`${meant}\`?): name one that there is\n`,
    );
  });

  it('is refused as a folder as well, since its content would be ignored', async () => {
    const dir = await temporaryFolder();
    await writeFiles(join(dir, 'in'), inputFiles({ users: [{ name: 'pat' }], instances: [{ id: 'i-1' }] }));
    const scan = () => latchkey(['scan', '--from', join(dir, 'in'), '--out', join(dir, 'out')]);
    await mkdir(join(dir, 'in', 'notes'));
    expect((await scan()).code).toBe(0);
    await mkdir(join(dir, 'in', 'ap-sotheast-2'));
    const { code, stderr } = await scan();
    expect(code).toBe(2);
    expect(stderr).toContain('is no region of AWS (did you mean `ap-southeast-2`?)');
  });
});
