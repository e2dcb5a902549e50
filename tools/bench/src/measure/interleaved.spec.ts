import { interleaved } from './interleaved';

describe(interleaved.name, () => {
  it('measures every item in each round, each round in another order, and drops the first round', async () => {
    const order: string[] = [];
    const results = await interleaved(['a', 'b', 'c'], 2, (item) => {
      order.push(item);
      return Promise.resolve(order.length);
    });

    expect(order.join('')).toBe('abc' + 'acb' + 'cab');
    expect(Object.fromEntries(results)).toEqual({ a: [4, 8], b: [6, 9], c: [5, 7] });
  });
});
