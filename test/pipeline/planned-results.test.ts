import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { ChangePlaces } from '../../lib/pipeline/change-places.ts';
import { linesOfJson } from '../../lib/pipeline/json-lines.ts';
import { planned } from '../../lib/pipeline/planned.ts';
import { readPlannedFile } from '../../lib/pipeline/planned-file.ts';
import { plannedResults } from '../../lib/pipeline/planned-results.ts';
import { type SarifFile, sarifLog } from '../../lib/render/sarif.ts';
import { readChanges } from '../../lib/what-if/planned/read-changes.ts';
import { account, allow } from '../fixtures/account.ts';
import { intoAccount } from '../fixtures/into-account.ts';
import schema from '../fixtures/sarif-2.1.0.schema.json' with { type: 'json' };

const isSarif = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);

/** Why a log is not valid; empty: it is valid. */
const faultsOf = (log: object) => (isSarif(log) ? [] : isSarif.errors);

const snapshot = account({
  users: [{ name: 'mia', policies: [{ name: 'Run', document: allow('ssm:SendCommand') }] }, { name: 'noa' }],
  roles: [{ name: 'Deploy', policies: [allow('ssm:SendCommand')] }],
  policies: [{ name: 'All', document: allow('*') }],
  instances: [{ id: 'i-1', tags: { env: 'prod' } }, { id: 'i-2' }],
});

function resultsOf(...texts: string[]): SarifFile {
  const deployment = intoAccount(snapshot);
  const files = texts.map((text, i) => {
    const file = readPlannedFile(text);
    const read = 'problem' in file ? file : readChanges(file.value, deployment);
    if ('problem' in file || 'problem' in read) throw new Error(JSON.stringify(read));
    return { ...read, file: `plans/${i}`, lineOf: file.lineOf };
  });
  const answer = planned(
    { snapshot, matrix: buildMatrix(snapshot) },
    files.flatMap(({ changes }) => changes),
  );
  return plannedResults(answer, snapshot, new ChangePlaces(files, deployment.origins));
}

const told = (...texts: string[]) =>
  resultsOf(...texts).results.map(({ rule, baselineState, message, place }) => [
    `${baselineState} ${rule} ${place ? `${place.file}:${place.line}` : 'nowhere'}`,
    message,
  ]);

const TEMPLATE = `Resources:
  Run:
    Type: AWS::IAM::UserPolicy
    Properties:
      UserName: noa
      PolicyName: Run
      PolicyDocument:
        Statement:
          - Effect: Allow
            Action: s3:GetObject
            Resource: !Sub arn:\${AWS::Partition}:s3:::x
          - Effect: Allow
            Action: ssm:SendCommand
            Resource: !Sub arn:\${AWS::Partition}:*:*:*:*
  Same:
    Type: AWS::IAM::UserPolicy
    Properties:
      UserName: mia
      PolicyName: Run
      PolicyDocument:
        Statement: {Effect: Allow, Action: ssm:SendCommand, Resource: '*'}
`;

describe('results', () => {
  test('are at the statement that opens access, and at one that opens nothing new', () => {
    const all = told(TEMPLATE);
    expect(all.map(([head]) => head)).toEqual([
      'new opens-root plans/0:12',
      'unchanged opens-root plans/0:21',
    ]);
    expect(all.map(([, message]) => message)).toEqual([
      expect.stringMatching(
        /^statement 1 of inline policy `Run` of user `noa` would let user\/noa onto 2 instances, 1 of them production, by run-command, as inline policy `Run` of user `noa` was added$/,
      ),
      expect.stringMatching(
        /^statement 0 of inline policy `Run` of user `mia` lets, as before, user\/mia onto 2 instances/,
      ),
    ]);
  });

  test('are at the change if the statement is in no file', () => {
    const changes = [
      '[',
      ' {"type": "tag", "resource": "noa", "tags": {"a": "b"}},',
      ' {"type": "attach-policy",',
      '  "principal": "noa", "policy": "All"},',
      ' {"type": "delete-inline-policy", "principal": "user/mia", "policy": "Run"}',
      ']',
    ].join('\n');
    const heads = told(changes).map(([head]) => head);
    expect(heads).toEqual(['new opens-root plans/0:3', 'absent opens-root plans/0:5']);
  });

  test('are at the trust policy statement that admits a principal, in the second of two files', () => {
    const trust = JSON.stringify(
      [
        {
          type: 'put-trust',
          role: 'Deploy',
          document: {
            Statement: [
              {
                Effect: 'Allow',
                Principal: { AWS: 'arn:aws:iam::111122223333:user/noa' },
                Action: 'sts:AssumeRole',
              },
            ],
          },
        },
      ],
      null,
      1,
    );
    const [first] = told('[]', trust);
    expect(first?.[0]).toBe('new opens-root plans/1:7');
    expect(first?.[1]).toMatch(
      /^statement 0 of inline policy `policy-0` of role `Deploy` would let user\/noa onto/,
    );
  });

  test('are uncertain if a document is not known', () => {
    const later = '[{"type": "put-inline-policy", "principal": "noa", "policy": "Later", "document": null}]';
    const [[head, message] = []] = told(later);
    expect(head).toBe('new opens-root plans/0:1');
    expect(message).toMatch(/^what is not known may let user\/noa onto 2 instances/);
  });

  test('keep their fingerprints when lines of the file move', () => {
    const prints = (text: string) => resultsOf(text).results.map(({ fingerprint }) => fingerprint);
    expect(prints(`# more\n\n${TEMPLATE}`)).toEqual(prints(TEMPLATE));
    expect(new Set(prints(TEMPLATE)).size).toBe(2);
  });
});

test('a log conforms to the schema of SARIF 2.1.0', () => {
  const log = sarifLog(resultsOf(TEMPLATE), { version: '1.0.0', notes: ['`A[1]`: not read'] });
  expect(faultsOf(log)).toEqual([]);
  expect(log).toMatchObject({
    runs: [
      {
        invocations: [{ toolExecutionNotifications: [{ message: { text: '`A\\[1\\]`: not read' } }] }],
        results: [
          {
            locations: [
              { physicalLocation: { artifactLocation: { uri: 'plans/0' }, region: { startLine: 12 } } },
            ],
          },
          {},
        ],
      },
    ],
  });
  const bare = {
    rule: 'opens-shell',
    baselineState: 'absent',
    message: 'm',
    place: null,
    policy: null,
    fingerprint: 'f',
  } as const;
  expect(faultsOf(sarifLog({ results: [bare], left: 3 }, { version: '1', notes: [] }))).toEqual([]);
  expect(faultsOf({ ...log, version: '3' })).not.toEqual([]);
});

test.each([
  ['./a b/%.yml', 'a%20b/%25.yml'],
  ['/srv/ä.yml', 'file:///srv/%C3%A4.yml'],
  ['..\\x.yml', '../x.yml'],
])('%s is the address %s', (file, uri) => {
  const result = {
    rule: 'opens-root',
    baselineState: 'new',
    message: 'm',
    place: { file, line: 2 },
    policy: null,
    fingerprint: 'f',
  } as const;
  expect(JSON.stringify(sarifLog({ results: [result], left: 0 }, { version: '1', notes: [] }))).toContain(
    `{"uri":${JSON.stringify(uri)}}`,
  );
});

test('each JSON list and object has its line, whatever is in the texts', () => {
  const text = '[\n{"a": "\\"{[\\n",\n"1": [1, {}], "0": \n{"b":\n[]}}]';
  const value = JSON.parse(text);
  const lines = linesOfJson(text, value);
  expect(
    [value, value[0], value[0]['1'], value[0]['1'][1], value[0]['0'], value[0]['0'].b].map((one) =>
      lines.get(one),
    ),
  ).toEqual([1, 2, 3, 3, 4, 5]);
});
