/**
 * Measures several items in turns, so that other work on the machine affects all of them alike. Each round
 * begins with the next item, and every second round is in reverse order, so that of two neighbours each is
 * as often the first. The first round is not counted: it brings files into memory.
 */
export async function interleaved<Item, Measured>(
  items: readonly Item[],
  runs: number,
  measure: (item: Item) => Promise<Measured>,
): Promise<Map<Item, Measured[]>> {
  const results = new Map<Item, Measured[]>(items.map((item) => [item, []]));
  for (let round = 0; round <= runs; round++) {
    const first = round % Math.max(items.length, 1);
    const order = [...items.slice(first), ...items.slice(0, first)];
    for (const item of round % 2 === 0 ? order : order.reverse()) {
      const measured = await measure(item);
      if (round > 0) results.get(item)?.push(measured);
    }
  }
  return results;
}
