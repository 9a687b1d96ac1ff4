import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { composeMail } from '../../lib/publish/compose-mail.ts';

const envelope = {
  from: 'latchkey@example.com',
  to: ['a@example.com', 'b@example.com'],
  id: '2026-08-23T10-15-00.000Z-3f9a1c',
  date: new Date('2026-08-23T10:15:00Z'),
};
const content = { subject: '[EC2 access] no drift', text: 'plain', html: '<p>rich</p>' };

describe('composeMail', () => {
  it('makes a plain text and an HTML part', async () => {
    const mail = await composeMail(content, envelope);
    const parsed = await PostalMime.parse(mail.mime);
    expect(parsed.subject).toBe('[EC2 access] no drift');
    expect(parsed.text?.trim()).toBe('plain');
    expect(parsed.html?.trim()).toBe('<p>rich</p>');
    expect(parsed.to?.map(({ address }) => address)).toEqual(['a@example.com', 'b@example.com']);
    expect(mail.mime).toMatch(/^Content-Type: multipart\/alternative;/m);
  });

  it('stays short whatever the names are written in', async () => {
    const text = 'кто может войти '.repeat(2000);
    const { mime } = await composeMail({ ...content, text }, envelope);
    expect(mime.length).toBeLessThan(new TextEncoder().encode(text).length * 1.5);
    expect((await PostalMime.parse(mime)).text?.trim()).toBe(text.trim());
  });

  it('makes the same bytes for the same run', async () => {
    expect(await composeMail(content, envelope)).toEqual(await composeMail(content, envelope));
  });

  it.each([
    'x\r\nBcc: evil@example.com',
    'x\nContent-Type: text/html\n\n<script>',
    '\u{1f511} clé =cmd() __proto__ <script>',
  ])('keeps a hostile subject in its header: %j', async (subject) => {
    const { mime } = await composeMail({ ...content, subject }, envelope);
    const parsed = await PostalMime.parse(mime);
    expect(parsed.bcc ?? []).toEqual([]);
    expect(parsed.subject?.replace(/\s+/g, ' ')).toBe(subject.replace(/\s+/g, ' '));
    expect(parsed.html?.trim()).toBe('<p>rich</p>');
  });

  it('keeps every line within the limit of SMTP', async () => {
    const long = `${'\u{1f511}x '.repeat(5000)}\n.\n${'y'.repeat(5000)}`;
    const { mime } = await composeMail({ subject: 's'.repeat(99), text: long, html: long }, envelope);
    expect(Math.max(...mime.split('\r\n').map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(998);
    expect((await PostalMime.parse(mime)).text?.trim()).toBe(long.trim());
  });
});
