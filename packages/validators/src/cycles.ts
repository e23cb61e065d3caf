/**
 * Gives the circles of a directed graph, each as the names along it with the first repeated at the end.
 * Every node on a circle is in at least one; nodes that only lead to a circle are in none. Follows the order of `edges`.
 */
export function findCycles(edges: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const finished = new Set<string>();
  const cycles: string[][] = [];
  for (const start of edges.keys()) {
    if (!finished.has(start)) walk({ start, edges, finished, cycles });
  }
  return cycles;
}

type Walk = {
  readonly start: string;
  readonly edges: ReadonlyMap<string, readonly string[]>;
  readonly finished: Set<string>;
  readonly cycles: string[][];
};

// A stack of our own: a chain of ten thousand services must not end in a RangeError.
function walk({ start, edges, finished, cycles }: Walk): void {
  const stack = [{ name: start, next: 0 }];
  const depth = new Map([[start, 0]]);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const target = edges.get(top.name)?.[top.next];
    top.next += 1;
    if (target === undefined) {
      stack.pop();
      depth.delete(top.name);
      finished.add(top.name);
      continue;
    }
    const seenAt = depth.get(target);
    if (seenAt !== undefined) {
      cycles.push([...stack.slice(seenAt).map((frame) => frame.name), target]);
    } else if (!finished.has(target)) {
      depth.set(target, stack.length);
      stack.push({ name: target, next: 0 });
    }
  }
}
