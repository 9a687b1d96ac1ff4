import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readZip } from '../../bench/zip.ts';

/** An archive as streaming zip writers make it: sizes are only in the directory, not before a file. */
function archiveOf(files: readonly { name: string; text: string; method: 0 | 8 | 9 }[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, text, method } of files) {
    const data = method === 0 ? Buffer.from(text) : deflateRawSync(text);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50);
    local.writeUInt16LE(Buffer.byteLength(name), 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(data.length, 20);
    entry.writeUInt16LE(Buffer.byteLength(name), 28);
    entry.writeUInt32LE(at, 42);
    parts.push(local, Buffer.from(name), data);
    directory.push(entry, Buffer.from(name));
    at += 30 + Buffer.byteLength(name) + data.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

test('stored and deflated files are extracted, folders are not', () => {
  const entries = readZip(
    archiveOf([
      { name: 'functions/', text: '', method: 0 },
      { name: 'functions/plan.mjs', text: 'export {};'.repeat(50), method: 8 },
      { name: 'né.txt', text: 'stored', method: 0 },
    ]),
  );
  expect(entries.map(({ name, data }) => [name, data.toString()])).toEqual([
    ['functions/plan.mjs', 'export {};'.repeat(50)],
    ['né.txt', 'stored'],
  ]);
});

test('anything that is not a zip archive of this kind is an error', () => {
  expect(() => readZip(Buffer.from('<html>'))).toThrow('this is not a zip archive');
  expect(() => readZip(archiveOf([{ name: 'a', text: 'a', method: 9 }]))).toThrow('compression method 9');
});
