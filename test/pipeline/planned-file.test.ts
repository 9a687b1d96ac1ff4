import { expect, test } from 'vitest';
import { readPlannedFile } from '../../lib/pipeline/planned-file.ts';

const LIST = '[{"type":"delete-principal","principal":"mia"}]';

test('a byte order mark before JSON or YAML is left out', () => {
  expect(readPlannedFile(`\uFEFF${LIST}`)).toMatchObject({ value: JSON.parse(LIST) });
  expect(readPlannedFile('\uFEFFResources: {}\n')).toMatchObject({ value: { Resources: {} } });
});

test.each(['with', 'without'])(
  'what a shell wrote as UTF-16, %s a byte order mark, is named as that',
  (mark) => {
    const bytes = mark === 'with' ? Buffer.from(`\uFEFF${LIST}`, 'utf16le') : Buffer.from(LIST, 'utf16le');
    expect(readPlannedFile(bytes.toString('utf8'))).toEqual({
      problem: 'it is UTF-16, or no text: write it as UTF-8',
    });
  },
);
