/** Number of concurrent requests of one step to the store. */
const AT_ONCE = 16;

/**
 * Does something with each item, some at a time, and returns the results in the order of the items. Throws
 * the first error.
 */
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

/** The same, one result after another, so that only the running ones are in memory. */
export async function* inTurn<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const begun: Promise<Result>[] = [];
  for (const item of items) {
    const one = work(item);
    // it is awaited below; until then its error must not count as unhandled
    one.catch(() => {});
    begun.push(one);
    if (begun.length === AT_ONCE) yield await (begun.shift() as Promise<Result>);
  }
  for (const one of begun) yield await one;
}
