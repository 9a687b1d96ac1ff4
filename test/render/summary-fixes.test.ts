import { expect, test } from 'vitest';
import { pack } from '../../lib/pipeline/pack.ts';
import { renderPage } from '../../lib/render/html/page.ts';
import { markupOf } from './page-parts.ts';
import { FINDINGS } from './report-facts.ts';
import { blindReport, fullReport, RANKED_FIX } from './reports.ts';

const NOT_TRIED = 'No changes were tried';
const markup = (report: Parameters<typeof renderPage>[0]): string => markupOf(renderPage(report, pack));
const [worst] = FINDINGS;

test('ranked changes come first, with their proof and commands, and the findings about them are not listed again', () => {
  const page = markup({ ...fullReport(), fixes: [RANKED_FIX] });
  expect(page).toContain(`<a href="#finding-${worst!.id}">detach <code class="whole">x</code></a>`);
  expect(page).toContain('closes 5 of 7 ways in by which people get root on production; removes 9 ways in');
  expect(page).toContain('<pre>aws iam <span class="word">detach-role-policy</span> x\naws iam y</pre>');
  expect(page.split(`#finding-${worst!.id}"`)).toHaveLength(2);
  expect(page).toContain('Other findings');
  expect(page).toContain('the fix of a finding is for what that finding says');
  expect(page).not.toContain(NOT_TRIED);
});

test('a command with characters that are shown otherwise than they are has no button to copy it', () => {
  const hidden = markup({ ...fullReport(), fixes: [{ ...RANKED_FIX, commands: ['aws iam \u202e'] }] });
  expect(hidden).toContain('aws iam \\u{202e}');
  expect(hidden).not.toContain('data-copy');
  expect(markup({ ...fullReport(), fixes: [RANKED_FIX] })).toContain('data-copy');
});

test('a page without proved changes says so only if somebody could compute them', () => {
  expect(markup(fullReport())).toContain(NOT_TRIED);
  const findings = FINDINGS.map((one) => ({ ...one, whyNoFix: 'nothing narrower is known' }));
  expect(markup({ ...fullReport(), findings })).not.toContain(NOT_TRIED);
  expect(markup({ ...blindReport(), findings: FINDINGS })).not.toContain(NOT_TRIED);
});

test('the summary stays small, whatever the number and length of commands', () => {
  const command = (n: number) => `aws iam detach-user-policy --user-name user-${n}`;
  const withCommands = (most: number) => {
    const commands = Array.from({ length: most }, (_, n) => command(n));
    const fixes = Array.from({ length: 12 }, () => ({ ...RANKED_FIX, commands }));
    return markup({ ...fullReport(), fixes });
  };
  const [few, some, many] = [withCommands(1), withCommands(100), withCommands(5000)];
  expect(some).toContain(command(99));
  for (const page of [some, many])
    expect(page.match(/<[a-z]/g)!.length).toBeLessThan(few.match(/<[a-z]/g)!.length + 1);
  expect(some.length - few.length).toBeLessThan(70_000);
  expect(many.length).toBeLessThan(few.length);
  expect(many).toContain('5,000 commands: in <code>fixes.json</code> beside this page.');
});
