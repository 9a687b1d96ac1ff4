import { type CompiledPolicy, statementsFor } from './compile.ts';

/** Everything that a policy says of an action (in lower case), and where: equal words, equal answers and grants. */
export function wordsOn(policy: CompiledPolicy, action: string): string {
  const { version, malformed, duplicateKeys, statements } = policy.document;
  const said = statementsFor(policy, action).map(({ index }) => [index, statements[index]]);
  return said.length === 0 ? '' : JSON.stringify([version, malformed, duplicateKeys, said]);
}
