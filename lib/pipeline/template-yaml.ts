import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { plain, quoted } from '../policy/quoted.ts';
import { yamlProblem } from './yaml-problem.ts';

/**
 * The size limit of CloudFormation:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
 */
const LONGEST = 1_000_000;

/** Deeper than any template; each level costs a call. */
const DEEPEST = 200;
const TOO_DEEP = `it is nested deeper than ${DEEPEST} levels`;

export type ReadYaml =
  | { readonly value: unknown; readonly lineOf: (written: object) => number | undefined }
  | { readonly problem: string };

/** A template that CloudFormation rejects, or that cannot be read. */
class NoTemplate extends Error {}

/**
 * A YAML template, with its tags as the functions that they mean (`!Sub` is `Fn::Sub`), and the line of each
 * list and object. Numbers keep their text: an account id may begin with 0.
 */
export function readTemplateYaml(text: string): ReadYaml {
  if (text.length > LONGEST) return { problem: `it has more than ${LONGEST} characters` };
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { prettyErrors: true, lineCounter: lines, logLevel: 'error' });
    const problem = yamlProblem(document);
    if (problem !== null) return { problem: /call stack/.test(problem) ? TOO_DEEP : problem };
    const reading = new Reading(lines);
    const value = reading.valueOf(document.contents, 0);
    return { value, lineOf: (written) => reading.lineOf.get(written) };
  } catch (error) {
    if (error instanceof NoTemplate) return { problem: error.message };
    // the parser recurses for each level
    if (error instanceof RangeError) return { problem: TOO_DEEP };
    throw error;
  }
}

class Reading {
  readonly lineOf = new WeakMap<object, number>();
  readonly #lines: LineCounter;

  constructor(lines: LineCounter) {
    this.#lines = lines;
  }

  valueOf(node: Node | null, depth: number): unknown {
    if (node === null) return null;
    if (depth > DEEPEST) throw new NoTemplate(TOO_DEEP);
    if (isAlias(node)) throw new NoTemplate(`CloudFormation takes no alias: line ${this.#lineOf(node)}`);
    const value = this.#plain(node, depth);
    const tagged = /^!\w+$/.test(node.tag ?? '') ? functionOf((node.tag as string).slice(1), value) : value;
    for (const one of [value, tagged])
      if (typeof one === 'object' && one !== null) this.lineOf.set(one, this.#lineOf(node));
    return tagged;
  }

  #plain(node: Node, depth: number): unknown {
    if (isSeq(node)) return node.items.map((item) => this.valueOf(item as Node | null, depth + 1));
    if (isMap(node)) {
      const entries = node.items.map(({ key, value }) => {
        if (!isScalar(key)) throw new NoTemplate(`a key is no text: line ${this.#lineOf(node)}`);
        return [key.source ?? String(key.value), this.valueOf(value as Node | null, depth + 1)] as const;
      });
      return Object.fromEntries(entries);
    }
    if (!isScalar(node)) throw new NoTemplate(`line ${this.#lineOf(node)} cannot be read`);
    const { value, source } = node;
    return typeof value === 'number' || typeof value === 'bigint' ? (source ?? String(value)) : value;
  }

  #lineOf({ range }: Node): number {
    return this.#lines.linePos(range?.[0] ?? 0).line;
  }
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html */
function functionOf(name: string, value: unknown): unknown {
  if (name === 'Ref' || name === 'Condition') return { [name]: value };
  if (name !== 'GetAtt' || typeof value !== 'string') return { [`Fn::${name}`]: value };
  const dot = value.indexOf('.');
  if (dot < 0) throw new NoTemplate(`${quoted(`!GetAtt ${plain(value)}`)} names no attribute`);
  return { 'Fn::GetAtt': [value.slice(0, dot), value.slice(dot + 1)] };
}
