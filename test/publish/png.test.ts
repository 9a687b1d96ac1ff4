import { crc32, inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { composeMail } from '../../lib/publish/compose-mail.ts';
import { pngOf } from '../../lib/publish/png.ts';

const picture = {
  ...{ width: 3, height: 2, palette: ['#ff0000', '#00ff7f'] },
  pixels: Uint8Array.from([0, 1, 0, 1, 1, 0]),
};

/** Reads the chunks of a PNG, each with its checksum. */
function chunksOf(png: Buffer): Map<string, Buffer> {
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const named = png.subarray(at + 4, at + 8 + length);
    expect(png.readUInt32BE(at + 8 + length)).toBe(crc32(named));
    chunks.set(named.subarray(0, 4).toString('latin1'), named.subarray(4));
    at += length + 12;
  }
  return chunks;
}

test('a picture is a PNG with a palette: its size, colours and rows', () => {
  const png = pngOf(picture);
  expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  const chunks = chunksOf(png);
  expect([...chunks.keys()]).toEqual(['IHDR', 'PLTE', 'IDAT', 'IEND']);
  expect([...(chunks.get('IHDR') ?? [])]).toEqual([0, 0, 0, 3, 0, 0, 0, 2, 8, 3, 0, 0, 0]);
  expect(chunks.get('PLTE')?.toString('hex')).toBe('ff000000ff7f');
  expect([...inflateSync(chunks.get('IDAT') ?? '')]).toEqual([0, 0, 1, 0, 0, 1, 1, 0]);
});

test('the HTML part has it inside the mail, and equal mails have equal bytes', async () => {
  const content = {
    subject: 's',
    text: 't',
    html: '<img src="cid:trend">',
    pictures: [{ id: 'trend', picture }],
  };
  const about = { from: 'a@example.com', to: ['b@example.com'], id: 'run-1', date: new Date(0) };
  const { mime } = await composeMail(content, about);
  expect(mime).toContain('multipart/related');
  expect(mime).toMatch(/Content-Type: image\/png[\s\S]*Content-ID: <trend>/);
  expect(mime).toContain(pngOf(picture).toString('base64').slice(0, 40));
  expect((await composeMail(content, about)).mime).toBe(mime);
});
