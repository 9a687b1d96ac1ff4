/** The class of each number below `count`: two are in one class if every list contains both or neither of them. */
export function partition(count: number, lists: Iterable<ArrayLike<number>>): Uint32Array {
  const classOf = new Uint32Array(count);
  const sizes = [count];
  for (const list of lists) {
    const inside = new Map<number, number>();
    for (let at = 0; at < list.length; at++) {
      const one = classOf[list[at] as number] as number;
      inside.set(one, (inside.get(one) ?? 0) + 1);
    }
    const splits = new Map<number, number>();
    for (const [one, size] of inside) {
      if (size === sizes[one]) continue;
      sizes[one] = (sizes[one] as number) - size;
      splits.set(one, sizes.push(size) - 1);
    }
    if (splits.size === 0) continue;
    for (let at = 0; at < list.length; at++) {
      const member = list[at] as number;
      const one = classOf[member] as number;
      classOf[member] = splits.get(one) ?? one;
    }
  }
  return classOf;
}

/** The members of each class. */
export function membersOf(classOf: Uint32Array): number[][] {
  const members: number[][] = [];
  for (let at = 0; at < classOf.length; at++) {
    const one = classOf[at] as number;
    const list = members[one] ?? [];
    members[one] = list;
    list.push(at);
  }
  return members;
}
