/** Requests to the store that one step has under way at a time. */
const AT_ONCE = 16;

/** Does something with each item, some at a time, and answers in the order of the items. The first error is thrown. */
export async function parallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  const waiting = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  return results;
}

/** The same, one result after another, so that no more of them are held than are under way. */
export async function* inTurn<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const begun: Promise<Result>[] = [];
  for (const item of items) {
    const one = work(item);
    // it is awaited below; until then nobody else is to take its error for unhandled
    one.catch(() => {});
    begun.push(one);
    if (begun.length === AT_ONCE) yield await (begun.shift() as Promise<Result>);
  }
  for (const one of begun) yield await one;
}
