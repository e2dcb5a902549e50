/**
 * Measures several things in turns, so that whatever else the machine does meets all of them alike.
 * Each round begins one further down the list, so that nothing always follows the same other one. A
 * first round that is not counted brings files into memory.
 */
export async function interleaved<Item, Measured>(
  items: readonly Item[],
  runs: number,
  measure: (item: Item) => Promise<Measured>,
): Promise<Map<Item, Measured[]>> {
  const results = new Map<Item, Measured[]>(items.map((item) => [item, []]));
  for (let round = 0; round <= runs; round++) {
    const first = round % Math.max(items.length, 1);
    for (const item of [...items.slice(first), ...items.slice(0, first)]) {
      const measured = await measure(item);
      if (round > 0) results.get(item)?.push(measured);
    }
  }
  return results;
}
