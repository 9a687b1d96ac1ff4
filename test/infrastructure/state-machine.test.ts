import validator from 'asl-validator';
import { beforeAll, expect, test } from 'vitest';
import { packagedTemplate } from './template.ts';

interface StateMachine {
  readonly Definition: object;
  readonly DefinitionSubstitutions: Readonly<Record<string, unknown>>;
}

let machine: StateMachine;
beforeAll(async () => {
  const { template } = await packagedTemplate();
  machine = template.Resources.ScanStateMachine?.Properties;
}, 300_000);

/** The definition as CloudFormation passes it to Step Functions, and the names without a value. */
function substituted(definition: object): { readonly definition: object; readonly left: readonly string[] } {
  const others: Readonly<Record<string, string>> = { Bucket: 'bucket', Partition: 'aws' };
  const arn = (name: string) => others[name] ?? `arn:aws:lambda:us-east-1:111122223333:function:${name}`;
  const text = JSON.stringify(definition).replaceAll(/\$\{(\w+)\}/g, (whole, name: string) =>
    name in machine.DefinitionSubstitutions ? arn(name) : whole,
  );
  return { definition: JSON.parse(text), left: text.match(/\$\{\w+\}/g) ?? [] };
}

const problems = (definition: object) => validator(definition, { checkPaths: true, checkArn: true }).errors;

test('the scan is a valid state machine of the Amazon States Language', () => {
  const { definition, left } = substituted(machine.Definition);
  expect(left).toEqual([]);
  expect(problems(definition)).toEqual([]);
});

test.each([
  [
    'leads to a state that there is not',
    (text: string) => text.replace('"Next":"Publish"', '"Next":"Nowhere"'),
  ],
  ['has a path that cannot be read', (text: string) => text.replace('"$.outcomes"', '"$.outcomes["')],
  ['calls what is no function', (text: string) => text.replaceAll(/arn:aws:lambda[^"]*/g, 'publish')],
])('a definition is refused that %s', (_, damage) => {
  const { definition } = substituted(machine.Definition);
  const damaged = damage(JSON.stringify(definition));
  expect(damaged).not.toBe(JSON.stringify(definition));
  expect(problems(JSON.parse(damaged))).not.toEqual([]);
});
