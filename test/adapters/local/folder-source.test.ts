import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderSource } from '../../../lib/adapters/local/folder-source.ts';
import { collectAccount } from '../../../lib/collect/collect.ts';
import { InputError } from '../../../lib/ports/input-error.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'latchkey-source-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const put = async (name: string, content: string | Buffer) => {
  await mkdir(dirname(join(dir, name)), { recursive: true });
  await writeFile(join(dir, name), content);
};
const identity = { service: 'sts', operation: 'get-caller-identity', region: null };
const details = { service: 'iam', operation: 'get-account-authorization-details', region: null };

describe('a folder of CLI output', () => {
  it('has the regions for which it has folders', async () => {
    for (const name of ['us-east-1', 'us-gov-west-1', 'ap-southeast-2', 'notes', 'us-east'])
      await mkdir(join(dir, name));
    expect(await folderSource(dir).regions()).toEqual(['ap-southeast-2', 'us-east-1', 'us-gov-west-1']);
  });

  it('answers from the file with the name of the call', async () => {
    await put('us-east-1/ec2.describe-image-attribute.ami-1.json', '{"ImageId":"ami-1"}');
    const call = {
      service: 'ec2',
      operation: 'describe-image-attribute',
      region: 'us-east-1',
      argument: 'ami-1',
    };
    expect(await folderSource(dir).read(call)).toEqual({
      status: 'collected',
      data: { ImageId: 'ami-1' },
      duplicateKeys: [],
    });
  });

  it('joins the pages of a file, compressed or not', async () => {
    const file = 'us-east-1/ec2.describe-instances.json';
    const call = {
      service: 'ec2',
      operation: 'describe-instances',
      region: 'us-east-1',
      lists: ['Reservations'],
    };
    await put(file, '{"Reservations":[1],"NextToken":"a"}\n{"Reservations":[2]}\n');
    expect(await folderSource(dir).read(call)).toHaveProperty('data', { Reservations: [1, 2] });
    const pages = gzipSync('{"Reservations":[1]}{"Reservations":[3]}');
    await put(file, pages);
    expect(await folderSource(dir).read(call)).toHaveProperty('data', { Reservations: [1, 3] });
    await put(file, pages.subarray(0, 30));
    expect(await folderSource(dir).read(call)).toMatchObject({
      status: 'unreadable',
      detail: expect.stringContaining('cannot be unpacked'),
    });
  });

  it('says which folder inside has the file', async () => {
    await put('111122223333/sts.get-caller-identity.json', '{"Account":"1"}');
    expect(await folderSource(dir).read(identity)).toMatchObject({
      status: 'not-collected',
      detail: expect.stringContaining('the folder `111122223333` in it has one: name that folder'),
    });
  });

  it('reads a compressed file under its own name', async () => {
    await put('sts.get-caller-identity.json.gz', gzipSync('{"Account":"1"}'));
    const source = folderSource(dir);
    expect(await source.read(identity)).toMatchObject({ data: { Account: '1' } });
    expect(await source.unread?.()).toEqual([]);
    await put('sts.get-caller-identity.json', '{"Account":"2"}');
    expect(await source.read(identity)).toMatchObject({ data: { Account: '2' } });
  });

  it.each([
    ['Account: "1"\nArn: x\n', 'it is YAML: use `--output json`'],
    ['- Account: 1\n', 'it is YAML'],
    ['------------\n| GetCallerIdentity |\n', 'it is a table: use `--output json`'],
    ['RESERVATIONS\t1\nINSTANCES\t2\n', 'it is text: use `--output json`'],
    [
      '\nAn error occurred (AccessDenied) when calling x\n',
      'it is a message of the AWS CLI: the command failed',
    ],
    ['aws: error: argument operation\n', 'it is a message of the AWS CLI'],
    ['<html>', 'it is HTML or XML'],
  ])('says what %j is', async (content, reason) => {
    await put('sts.get-caller-identity.json', content);
    const answer = await folderSource(dir).read(identity);
    expect(answer).toMatchObject({ status: 'unreadable', detail: expect.stringContaining(reason) });
    expect(answer).toHaveProperty('detail', expect.stringMatching(/\(line \d+ column \d+\)/));
  });

  it('finds a file by the name in an ARN as well, and prefers the ARN', async () => {
    const call = { service: 'ecs', operation: 'describe-container-instances', region: 'us-east-1' };
    const cluster = { ...call, argument: 'arn:aws:ecs:us-east-1:111122223333:cluster/web' };
    await put('us-east-1/ecs.describe-container-instances.web.json', '{"containerInstances":[]}');
    const source = folderSource(dir);
    expect(await source.read(cluster)).toHaveProperty('data', { containerInstances: [] });
    expect(await source.unread?.()).toEqual([]);
    const exact = `us-east-1/ecs.describe-container-instances.${encodeURIComponent(cluster.argument)}.json`;
    await put(exact, '{"containerInstances":[{}]}');
    expect(await source.read(cluster)).toHaveProperty('data', { containerInstances: [{}] });
  });

  it.each([
    ['us-east-1/ec2/describe-instances.json', ['us-east-1']],
    ['us-east-1/ec2/describe-instances.json.gz', ['us-east-1']],
    ['ec2/us-east-1/describe-instances.json', ['us-east-1']],
  ])('reads %s if the usual file is missing', async (name, regions) => {
    const call = { service: 'ec2', operation: 'describe-instances', region: 'us-east-1' };
    const answer = '{"Reservations":[]}';
    await put(name, name.endsWith('.gz') ? gzipSync(answer) : answer);
    const source = folderSource(dir);
    expect(await source.regions()).toEqual(regions);
    expect(await source.read(call)).toHaveProperty('data', { Reservations: [] });
    expect(await source.unread?.()).toEqual([]);
    await put('us-east-1/ec2.describe-instances.json', '{"Reservations":[{}]}');
    expect(await source.read(call)).toHaveProperty('data', { Reservations: [{}] });
  });

  it('names the files of a folder of a service that it did not read, and reads none without a region', async () => {
    await put('iam/get-account-authorization-details.json', '{"UserDetailList":[]}');
    await put('iam/notes.json', '{}');
    await put('ec2/describe-instances.json', '{"Reservations":[]}');
    const source = folderSource(dir);
    expect(await source.read(details)).toHaveProperty('data', { UserDetailList: [] });
    expect(await source.regions()).toEqual([]);
    expect(await source.unread?.()).toEqual(['ec2/', 'iam/notes.json']);
  });

  it('finds a service setting however its path was turned into a file name', async () => {
    await put(
      'us-east-1/ssm.get-service-setting.-ssm-managed-instance-default-ec2-instance-management-role.json',
      '{"a":1}',
    );
    const argument = 'default-ec2-instance-management-role';
    const call = { service: 'ssm', operation: 'get-service-setting', region: 'us-east-1', argument };
    const source = folderSource(dir);
    expect(await source.read(call)).toMatchObject({ data: { a: 1 } });
    expect(await source.unread?.()).toEqual([]);
    expect(await source.read({ ...call, region: 'eu-west-1' })).toMatchObject({ status: 'not-collected' });
  });

  it('names duplicate keys in a file', async () => {
    await put(
      'iam.get-account-authorization-details.json',
      '{"Policies":[{"Document":{"Effect":"Deny","Effect":"Allow"}}]}',
    );
    expect(await folderSource(dir).read(details)).toMatchObject({
      duplicateKeys: ['$.Policies[0].Document.Effect'],
    });
  });

  it.each([
    ['UTF-8 with a mark', Buffer.from('\ufeff{"Account":"1"}')],
    ['UTF-16, as PowerShell writes it', Buffer.from('\ufeff{"Account":"1"}', 'utf16le')],
    ['the same, high bytes first', Buffer.from('\ufeff{"Account":"1"}', 'utf16le').swap16()],
    ['UTF-16 without a mark', Buffer.from('{"Account":"1"}', 'utf16le')],
    [
      'the same, high bytes first, with line ends of Windows',
      Buffer.from('{\r\n"Account":"1"}\r\n', 'utf16le').swap16(),
    ],
  ])('reads %s', async (_, bytes) => {
    await put('sts.get-caller-identity.json', bytes);
    expect(await folderSource(dir).read(identity)).toMatchObject({ data: { Account: '1' } });
  });

  it.each([
    ['{"Account":', 'is not valid JSON'],
    ['An error occurred (AccessDenied)', 'is not valid JSON'],
    ['{\n"a": \u001b[31m\n}', 'is not valid JSON'],
    ['', 'is empty'],
    ['[', 'is not valid JSON'],
    ['['.repeat(5000) + ']'.repeat(5000), 'nested deeper than'],
    [Buffer.from([0x7b, 0xff, 0x7d]), 'is not UTF-8 text'],
  ])('reports %.20s as unreadable, with the file, the reason and how to fix it', async (content, reason) => {
    await put('sts.get-caller-identity.json', content);
    const answer = await folderSource(dir).read(identity);
    expect(answer.status).toBe('unreadable');
    const detail = 'detail' in answer ? answer.detail : '';
    expect(detail).toContain(
      `\`sts.get-caller-identity.json\` ${reason === 'nested deeper than' ? 'is nested' : reason}`,
    );
    expect(detail).toContain('docs/input-folder.md');
    expect(detail).not.toMatch(/\p{Cc}/u);
  });

  it('reports a folder in place of a file, or a file without permission, as unreadable', async () => {
    await mkdir(join(dir, 'sts.get-caller-identity.json'));
    expect(await folderSource(dir).read(identity)).toMatchObject({
      status: 'unreadable',
      detail: expect.stringContaining('it is a folder'),
    });
    await put('iam.get-account-authorization-details.json', '{}');
    await chmod(join(dir, 'iam.get-account-authorization-details.json'), 0);
    if (process.getuid?.() !== 0)
      expect(await folderSource(dir).read(details)).toMatchObject({ status: 'unreadable' });
  });

  it('reports a call without a file as not collected', async () => {
    expect(await folderSource(dir).read(identity)).toEqual({
      status: 'not-collected',
      detail:
        'there is no file `sts.get-caller-identity.json`: docs/input-folder.md has the command that writes it',
    });
  });

  it.each(['../../etc/passwd', '/etc/passwd', '..', 'a/b', 'a\0b', ''])(
    'never leaves the folder for %j',
    async (argument) => {
      const call = { service: 'ec2', operation: 'describe-image-attribute', region: 'us-east-1', argument };
      expect(await folderSource(dir).read(call)).toMatchObject({ status: 'not-collected' });
    },
  );

  it('ends the run if it does not exist, or is a file', async () => {
    await put('file', 'x');
    for (const name of ['missing', 'file']) {
      const failed = collectAccount(folderSource(join(dir, name)), new Date(0), { step: () => {} });
      await expect(failed).rejects.toThrow(InputError);
      await expect(failed).rejects.toThrow(
        new RegExp(`^cannot read the folder \`[^\`]*${name}\`: [^\\n]*docs/input-folder.md`),
      );
    }
  });

  it('ends the run if it contains no account', async () => {
    await put('us-east-1/ec2.describe-instances.json', '{"Reservations":[]}');
    const failed = collectAccount(folderSource(dir), new Date(0), { step: () => {} });
    await expect(failed).rejects.toThrow(
      /sts.get-caller-identity.json.*iam.get-account-authorization-details.json/,
    );
  });

  it('names files that no call asked for, once', async () => {
    await put('sts.get-caller-identity.json', '{"Account":"111122223333"}');
    await put('us-east-1/ec2.describe-instance.json', '{}');
    await put('us-east-1/.hidden', '');
    await put('us-east-1/\u001b[31mred\n.json', '');
    await put('notes/x.txt', '');
    await put('README.md', '');
    await put('organizations.describe-organization.json', '{}');
    await put('us-east-1/ssm.get-document.Gone.json', '{}');
    const steps: string[] = [];
    await collectAccount(folderSource(dir), new Date(0), { step: (text) => steps.push(text) });
    expect(steps.filter((step) => step.startsWith('ignored'))).toEqual([
      'ignored, since no call has such a name: "README.md", "notes/", "us-east-1/\\u001b[31mred\\n.json", "us-east-1/ec2.describe-instance.json": docs/input-folder.md lists the names',
      'ignored, since no other answer asks for it: "organizations.describe-organization.json", "us-east-1/ssm.get-document.Gone.json"',
    ]);
  });
});
