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
    [
      'as a subscription of CloudWatch Logs sends it',
      JSON.stringify({
        awslogs: { data: gzipSync(`{"logEvents":[${ONE}]}`).toString('base64') },
      }),
    ],
  ])('is read %s', async (_says, content) => {
    expect((await read(content)).events).toEqual([{ eventName: 'CreateTags' }]);
  });

  it('may contain several, one after another', async () => {
    expect((await read(`${ONE}\n${ONE}\n`)).events).toHaveLength(2);
  });

  it.each([
    ['all events', `{"Events":[${ONE}]}`, null],
    ['an empty marker', `{"Events":[${ONE}],"NextToken":""}`, null],
    ['a marker', `{"Events":[${ONE}],"NextToken":"n"}`, 'it has a `NextToken`'],
    ['the last page', `{"Events":[${ONE}],"NextToken":"n"}{"Events":[${ONE}]}`, null],
    [
      'a page that is not the last',
      `{"events":[${ONE}]}{"events":[],"nextToken":"n"}`,
      'it has a `nextToken`',
    ],
  ])('says if there are more events, with %s', async (_says, content, more) => {
    expect((await read(content)).more).toBe(more);
  });

  it.each<[string, string | Buffer, RegExp]>([
    ['nothing', '', /is not JSON/],
    ['text', 'hello', /is not JSON/],
    ['half of a second one', `${ONE}\n{"a":`, /is not JSON/],
    ['no event', '{"Records":[]}', /holds no event: name a file/],
    ['other bytes', Buffer.from([0xc3, 0x28]), /is not UTF-8 text/],
    ['half a pack of CloudWatch Logs', '{"awslogs":{"data":"H4sIAAAAAAAAA6tWyk"}}', /cannot be unpacked/],
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
