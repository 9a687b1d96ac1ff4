import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEventFile } from '../../cli/event-file.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'latchkey-event-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function read(content: string | Buffer) {
  const file = join(dir, 'event.json');
  await writeFile(file, content);
  return readEventFile(file);
}

const ONE = '{"eventName":"CreateTags"}';

describe('an event file', () => {
  it.each<[string, string | Buffer]>([
    ['as it is', ONE],
    ['with a byte order mark', `\uFEFF${ONE}`],
    ['in UTF-16', Buffer.from(`\uFEFF${ONE}`, 'utf16le')],
    ['packed', gzipSync(`{"Records":[${ONE}]}`)],
  ])('is read %s', async (_says, content) => {
    expect(await read(content)).toEqual([{ eventName: 'CreateTags' }]);
  });

  it('may contain several, one after another', async () => {
    expect(await read(`${ONE}\n${ONE}\n`)).toHaveLength(2);
  });

  it.each<[string, string | Buffer, RegExp]>([
    ['nothing', '', /is not JSON/],
    ['text', 'hello', /is not JSON/],
    ['half of a second one', `${ONE}\n{"a":`, /is not JSON/],
    ['no event', '{"Records":[]}', /holds no event: name a file/],
    ['other bytes', Buffer.from([0xc3, 0x28]), /is not UTF-8 text/],
    ['half a pack', gzipSync(ONE).subarray(0, 12), /cannot be unpacked \(Z_BUF_ERROR\)/],
  ])('is refused with %s', async (_says, content, message) => {
    await expect(read(content)).rejects.toThrow(message);
  });

  it('that is missing is named', async () => {
    await expect(readEventFile(join(dir, 'none'))).rejects.toThrow(
      /^--event: cannot read .* \(ENOENT\): name a file/,
    );
  });
});
