import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import { pythonEnvironment, type Requirements } from '../python/environment.ts';
import { pythonLeftOut } from '../python/python.ts';
import { listed, type Statement } from './template.ts';
import { readTemplate } from './yaml-template.ts';

const MODULE = 'infrastructure/terraform/member-account';

/** A parser of Terraform's language. */
const HCL_VERSION = '7.3.1';
const HCL: Requirements = {
  name: `python-hcl2-${HCL_VERSION}`,
  packages: [`python-hcl2==${HCL_VERSION}`],
  probe: 'import hcl2',
};

const leftOut = pythonLeftOut();
const reason = `the Terraform module, read by a parser of its language: ${leftOut}`;

/** Blocks of one kind, by their labels. */
type Blocks = readonly Readonly<Record<string, Readonly<Record<string, unknown>>>>[];
type Parsed = Readonly<Record<string, Blocks>>;

async function parsed(file: string): Promise<Parsed> {
  const { interpreter } = await pythonEnvironment(HCL);
  const code = 'import hcl2, json, sys; print(json.dumps(hcl2.load(open(sys.argv[1]))))';
  const { stdout } = await promisify(execFile)(interpreter, ['-c', code, `${MODULE}/${file}`]);
  return JSON.parse(stdout) as Parsed;
}

interface Grant {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

const document = ({ data = [] }: Parsed, name: string): readonly Record<string, unknown>[] => {
  const all = data.flatMap((block) => block.aws_iam_policy_document?.[name] ?? []);
  return all.flatMap((one) => (one as { statement: Record<string, unknown>[] }).statement);
};

const resource = ({ resource: all = [] }: Parsed, type: string): unknown =>
  Object.values(all.find((block) => block[type])?.[type] ?? {})[0];

describe('the Terraform module of the member role', () => {
  beforeEach(({ skip }) => {
    if (leftOut !== null) skip(reason);
  });

  test('has the same grants as the template, on the same resources', { timeout: 180_000 }, async () => {
    const template = await readTemplate('infrastructure/member-account.yml');
    const role = template.Resources.MemberRole?.Properties as {
      readonly Policies: readonly { readonly PolicyDocument: { readonly Statement: readonly Statement[] } }[];
    };
    const inTerraform = (arn: unknown): unknown =>
      typeof arn === 'string'
        ? arn
        : (arn as Record<string, string>)['Fn::Sub']
            ?.replace(`\${AWS::Partition}`, `\${local.partition}`)
            .replace(`\${AWS::AccountId}`, `\${local.account_id}`);
    const expected = role.Policies[0]?.PolicyDocument.Statement.map((statement) => ({
      sid: (statement as { readonly Sid?: string }).Sid,
      actions: listed(statement.Action),
      resources: [statement.Resource].flat().map(inTerraform),
    }));
    const grants = document(await parsed('main.tf'), 'read') as unknown as readonly Grant[];
    expect(grants).toEqual(expected);
    expect(grants.length).toBeGreaterThan(10);
  });

  test('trusts only the two functions, with the external id', async () => {
    expect(document(await parsed('main.tf'), 'trust')).toEqual([
      {
        actions: ['sts:AssumeRole'],
        principals: [{ type: 'AWS', identifiers: [`\${var.collect_role_arn}`, `\${var.check_role_arn}`] }],
        condition: [{ test: 'StringEquals', variable: 'sts:ExternalId', values: [`\${var.external_id}`] }],
      },
    ]);
  });

  test('declares exactly the variables that it uses', async () => {
    const [main, variables] = [await parsed('main.tf'), await parsed('variables.tf')];
    const used = JSON.stringify(main).matchAll(/var\.(\w+)/g);
    const declared = (variables.variable ?? []).flatMap((block) => Object.keys(block));
    expect([...new Set([...used].map(([, name]) => name))].sort()).toEqual([...declared].sort());
    expect(JSON.stringify(variables)).toContain('"sensitive":true');
    expect(resource(main, 'aws_iam_role')).toMatchObject({
      permissions_boundary: `\${var.permissions_boundary}`,
    });
    expect(resource(main, 'aws_iam_role_policy')).toMatchObject({ role: `\${aws_iam_role.member.id}` });
  });
});
