import { readFile } from 'node:fs/promises';
import { type CollectionTag, parse, type ScalarTag } from 'yaml';
import type { Template } from './template.ts';

/** The functions that templates of infrastructure/ use, in short form. */
const FUNCTIONS = ['Ref', 'GetAtt', 'Sub', 'If', 'Equals', 'Not', 'Or', 'And'];

const long = (name: string): string => (name === 'Ref' ? name : `Fn::${name}`);

const scalar = (name: string): ScalarTag => ({
  tag: `!${name}`,
  resolve: (text) => ({ [long(name)]: name === 'GetAtt' ? text.split('.') : text }),
});

const list = (name: string): CollectionTag => ({
  tag: `!${name}`,
  collection: 'seq',
  resolve: (seq) => ({ [long(name)]: seq.toJSON() }),
});

/** A template that is deployed by itself, as CloudFormation reads it. */
export async function readTemplate(file: string): Promise<Template> {
  const customTags = FUNCTIONS.flatMap((name) => [scalar(name), list(name)]);
  return parse(await readFile(file, 'utf8'), { customTags, merge: true });
}
