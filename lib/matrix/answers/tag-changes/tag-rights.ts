import { openOf } from '../../../evaluator/combine.ts';
import { type CompiledStatement, statementsFor } from '../../../evaluator/compile.ts';
import { settle } from '../../../evaluator/formula.ts';
import { remaining } from '../../../evaluator/residual/remaining.ts';
import { remembered } from '../../../memory/remembered.ts';
import type { Instance, Tags } from '../../../snapshot/snapshot.ts';
import { type Account, policiesOf, type Subject } from '../../account/account.ts';
import { ask } from '../../account/question.ts';
import { tagStates } from '../../account/request-context.ts';
import { relevantClause, variableKeys } from '../../classes/relevant.ts';
import type { TagChange } from './tag-states.ts';

/** In lower case. */
export const TAGGING: readonly string[] = ['ec2:createtags', 'ec2:deletetags'];

/** The tag changes that a principal may make on an instance with its tags at that time. */
export class TagRights {
  readonly #account: Account;
  readonly #subject: Subject;
  readonly #instance: Instance;
  /** the instance's tags that the principal's policies on tagging read, by canonical key */
  readonly #asked: readonly string[];
  readonly #fingerprints = new WeakMap<Tags, string>();
  readonly #known = new Map<string, boolean>();

  constructor(account: Account, subject: Subject, instance: Instance) {
    this.#account = account;
    this.#subject = subject;
    this.#instance = instance;
    this.#asked = askedTags(subject);
  }

  /** True if it may set the tag to the value (`CreateTags`) or remove it (`DeleteTags`). */
  mayChange(tags: Tags, change: TagChange): boolean {
    const name = JSON.stringify([change.key, change.value, this.#look(tags)]);
    return remembered(this.#known, name, () => this.#ask(tags, change));
  }

  /** Equal for tags that the principal's policies on tagging do not distinguish. */
  #look(tags: Tags): string {
    let look = this.#fingerprints.get(tags);
    if (look === undefined) {
      const states = tagStates(tags);
      look = JSON.stringify(this.#asked.map((key) => states.get(key) ?? null));
      this.#fingerprints.set(tags, look);
    }
    return look;
  }

  #ask(tags: Tags, { key, value }: TagChange): boolean {
    const action = value === null ? 'ec2:DeleteTags' : 'ec2:CreateTags';
    const context = { 'aws:TagKeys': key, ...(value === null ? {} : { [`aws:RequestTag/${key}`]: value }) };
    const asked = ask(this.#account, {
      subject: this.#subject,
      row: { action, on: 'instance', context },
      target: { arn: this.#instance.arn, tags },
      region: this.#instance.region,
    });
    const open = settle(openOf(asked), new Set());
    return remaining(open, { given: this.#subject.given }) !== false;
  }
}

function askedTags(subject: Subject): readonly string[] {
  const keys = policiesOf(subject).flatMap((policy) =>
    TAGGING.flatMap((action) => statementsFor(policy, action).flatMap(keysIn)),
  );
  return [...new Set(keys)].filter((key) => key.startsWith('aws:resourcetag/')).sort();
}

function keysIn({ clauses, resources }: CompiledStatement): readonly string[] {
  return [
    ...clauses.flatMap((clause) => relevantClause(clause, 'ec2').keys),
    ...(resources ?? []).flatMap(({ template }) => variableKeys(template, 'ec2')),
  ];
}
