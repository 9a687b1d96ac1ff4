import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { readEnvironment, SETTINGS } from '../../functions/environment.ts';

const { ACCOUNT_ID, ACCOUNT_IDS, BUCKET, MAIL_FROM } = SETTINGS;
const schema = z.object({ ACCOUNT_ID, ACCOUNT_IDS, BUCKET, MAIL_FROM });
const right = { ACCOUNT_ID: '111122223333', ACCOUNT_IDS: '', BUCKET: 'b', MAIL_FROM: '' };

test('a deployment without parameters has these settings', () => {
  expect(readEnvironment(schema, right)).toEqual({ ...right, ACCOUNT_IDS: [] });
});

test('a list is separated by commas, with or without spaces', () => {
  const settings = readEnvironment(schema, { ...right, ACCOUNT_IDS: '444455556666, 777788889999,' });
  expect(settings.ACCOUNT_IDS).toEqual(['444455556666', '777788889999']);
});

test('the rule for the default session document is one of two', () => {
  const rule = z.object({ DEFAULT_SESSION_DOCUMENT: SETTINGS.DEFAULT_SESSION_DOCUMENT });
  for (const value of ['implicit', 'explicit'])
    expect(readEnvironment(rule, { DEFAULT_SESSION_DOCUMENT: value })).toEqual({
      DEFAULT_SESSION_DOCUMENT: value,
    });
  expect(() => readEnvironment(rule, { DEFAULT_SESSION_DOCUMENT: 'both' })).toThrow(
    '`DEFAULT_SESSION_DOCUMENT`',
  );
});

test('all faults are named at once, with what to do', () => {
  expect(() => readEnvironment(schema, { ...right, ACCOUNT_ID: '12', BUCKET: '' })).toThrow(
    "the function's environment cannot be read: `ACCOUNT_ID`: 12 digits; `BUCKET`: a value: deploy the stack again, or set what is missing",
  );
  expect(() => readEnvironment(schema, { ...right, BUCKET: undefined })).toThrow('`BUCKET`');
});
