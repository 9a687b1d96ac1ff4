import { expect, test } from 'vitest';
import { mailSubject } from '../../lib/render/subject.ts';

const LONG = 'role/AWSReservedSSO_AdministratorAccess_5f1c0d9be7a84423';

test('a subject loses letters of its longest names, never a word that says what happened', () => {
  const subject = mailSubject(
    `[CRITICAL] 111122223333 ${LONG} gained root on 8 instances (5 production) by ${LONG}`,
  );
  expect(subject.length).toBeLessThanOrEqual(99);
  for (const word of ['gained root on 8 instances (5 production)', 'role/', '..'])
    expect(subject).toContain(word);
  expect(mailSubject('short')).toBe('short');
});

test('the rank and the account stay complete, however long the rest is', () => {
  const subject = mailSubject(
    '[CRITICAL] 111122223333 4,275 people gained a shell under a condition on 100,000 instances (48,708 production)',
  );
  expect(subject).toMatch(
    /^\[CRITICAL\] 111122223333 4,275 people gained a shell under a condition on 100,000 /,
  );
  expect(subject.length).toBeLessThanOrEqual(99);
});

test('the first detail that fits is added, with its names cut if needed', () => {
  const what = '[CRITICAL] 111122223333 user/bob gained root on 8 instances (5 production)';
  expect(
    mailSubject(what, [
      'policy `AmazonSSMFullAccess` was attached to user `bob`',
      'AttachUserPolicy by mara',
    ]),
  ).toBe(`${what}: AttachU..Policy by mara`);
  expect(mailSubject(what, ['x '.repeat(60)])).toBe(what);
});

test('what is counted stays whole, and the next detail is taken', () => {
  const what = '[CRITICAL] 111122223333 2 principals may run any command document as root';
  expect(mailSubject(what, ['5 instances (5 production)', '5 production'])).toBe(`${what}: 5 production`);
});

test('characters outside ASCII are written out, and a single word of any length is cut', () => {
  expect(mailSubject('ü')).toBe('\\u{fc}');
  expect(mailSubject('a'.repeat(5000))).toHaveLength(99);
});
