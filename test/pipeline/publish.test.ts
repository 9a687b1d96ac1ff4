import PostalMime from 'postal-mime';
import { expect, it } from 'vitest';
import { auditStep } from '../../lib/pipeline/audit.ts';
import { collectStep } from '../../lib/pipeline/collect.ts';
import { publishStep } from '../../lib/pipeline/publish.ts';
import { inputFiles } from '../fixtures/input-files.ts';
import { after, before, workbench } from './account.ts';
import { memorySource } from './memory-source.ts';

it('publish mails one digest over all accounts of a run, with links to their reports', async () => {
  const { ports } = workbench(before);
  const accounts = [{ prefix: 'accounts/111122223333/' }, { prefix: 'accounts/444455556666/' }];
  const text = JSON.stringify(inputFiles(after)).replaceAll('111122223333', '444455556666');
  const sources = [ports.source, memorySource(JSON.parse(text) as Record<string, unknown>)];
  for (const [index, { prefix }] of accounts.entries()) {
    const source = sources[index] ?? ports.source;
    await collectStep({ ...ports, source }, { run: 'run-1', prefix });
    await auditStep(ports, { run: 'run-1', prefix });
  }
  const input = {
    run: 'run-1',
    accounts,
    topic: 'alerts',
    mail: { from: 'latchkey@example.com', to: ['you@example.com'] },
    reportBase: 'https://reports.example/',
  };
  expect((await publishStep(ports, input)).mails).toBe(1);
  expect(await publishStep(ports, input)).toMatchObject({ alerts: 0, mails: 0, waiting: 0, problems: [] });
  const mail = await PostalMime.parse(ports.mailer.mails[0]?.mime ?? '');
  for (const { prefix } of accounts) {
    expect(mail.text).toContain(`https://reports.example/${prefix}runs/run-1/report.html`);
    expect(mail.html).toContain(`https://reports.example/${prefix}runs/run-1/report.html`);
  }
  expect(new Set(ports.notifier.alerts.map(({ attributes }) => attributes.account))).toContain(
    '444455556666',
  );
});

it('publish sends alerts and no mail if there are no receivers', async () => {
  const { ports } = workbench(after);
  await collectStep(ports, { run: 'run-1', prefix: '' });
  await auditStep(ports, { run: 'run-1', prefix: '' });
  const input = { run: 'run-1', accounts: [{ prefix: '' }], topic: 'alerts' };
  const { mails } = await publishStep(ports, { ...input, mail: { from: 'latchkey@example.com', to: [] } });
  expect([mails, ports.mailer.mails]).toEqual([0, []]);
  expect(await publishStep({ ...ports, mailer: null }, { ...input, mail: null })).toMatchObject({
    ...{ alerts: 0, mails: 0, waiting: 0 },
  });
});
