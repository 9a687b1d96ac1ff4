/** The members of one answer: lists are iterators, so that a large one is never in memory as a whole. */
export type CliAnswer = Readonly<Record<string, unknown>>;

/** The answer as JSON text, in pieces; each item of a list on its own line. */
export function* answerText(answer: CliAnswer): Generator<string> {
  let before = '{';
  for (const [name, value] of Object.entries(answer)) {
    yield `${before}\n${JSON.stringify(name)}: `;
    if (value instanceof Iterator) yield* listText(value);
    else yield JSON.stringify(value);
    before = ',';
  }
  yield '\n}\n';
}

function* listText(items: Iterable<unknown>): Generator<string> {
  let before = '[';
  for (const item of items) {
    yield `${before}\n${JSON.stringify(item)}`;
    before = ',';
  }
  yield before === '[' ? '[]' : '\n]';
}
