import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { packagedService } from './packaged.ts';

export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template's properties are whatever CloudFormation takes
  readonly Properties: any;
}

export interface Template {
  readonly Parameters: Readonly<
    Record<string, { readonly Type: string; readonly Default?: string | number }>
  >;
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Rules?: Readonly<Record<string, { readonly Assertions: readonly { readonly Assert: unknown }[] }>>;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, unknown>>;
}

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
  readonly Condition?: unknown;
}

/** The template that a deployment passes to CloudFormation, and its length in the file. */
export async function packagedTemplate(): Promise<{ readonly template: Template; readonly length: number }> {
  const file = path.join(await packagedService(), 'cloudformation-template-update-stack.json');
  const text = await readFile(file, 'utf8');
  return { template: JSON.parse(text), length: text.length };
}

export const ofType = (template: Template, type: string): readonly (readonly [string, Resource])[] =>
  Object.entries(template.Resources).filter(([, { Type }]) => Type === type);

/** Every identity statement of the stack, with the resource that it belongs to. */
export function identityStatements(template: Template): readonly (readonly [string, Statement])[] {
  const inline = ofType(template, 'AWS::IAM::Role').flatMap(([id, { Properties }]) =>
    (Properties.Policies ?? []).map((policy: { PolicyDocument: unknown }) => [id, policy.PolicyDocument]),
  );
  const managed = ofType(template, 'AWS::IAM::ManagedPolicy').map(([id, { Properties }]) => [
    id,
    Properties.PolicyDocument,
  ]);
  return [...inline, ...managed].flatMap(([id, { Statement }]) =>
    Statement.map((statement: Statement | { 'Fn::If': readonly [string, Statement, unknown] }) => [
      id,
      'Fn::If' in statement ? statement['Fn::If'][1] : statement,
    ]),
  );
}

export const listed = <Item>(value: Item | readonly Item[]): readonly Item[] =>
  Array.isArray(value) ? value : [value as Item];
