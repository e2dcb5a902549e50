import { CallGroup, type CallGroupOptions } from './call-group';

const OPTIONS: CallGroupOptions<string> = {
  maxCalls: 3,
  maxSize: 20,
  sizeOf: ({ length }) => length,
};

/** A group whose answers the test gives. */
function createGroup(options: Partial<CallGroupOptions<string>> = {}) {
  const sent: { calls: readonly string[]; answer(): void; fail(error: Error): void }[] = [];
  const group = new CallGroup<string, string>(
    (calls) =>
      new Promise((resolve, reject) => {
        const answer = () => {
          resolve(calls.map((call) => `${call}!`));
        };
        sent.push({ calls, answer, fail: reject });
      }),
    { ...OPTIONS, ...options },
  );
  return { group, sent, all: () => sent.map(({ calls }) => calls.join()) };
}

const tick = () => new Promise((resolve) => setImmediate(resolve));

describe('CallGroup', () => {
  it('sends a call at once', async () => {
    const { group, sent, all } = createGroup();
    const answer = group.join('a');
    await new Promise((resolve) => {
      process.nextTick(resolve);
    });
    expect(all()).toEqual(['a']);
    sent[0]?.answer();
    await expect(answer).resolves.toBe('a!');
  });

  it('sends what comes while a group is under way as the next one', async () => {
    const { group, sent, all } = createGroup();
    const first = group.join('a');
    await tick();
    const others = ['b', 'c'].map((call) => group.join(call));
    await tick();
    expect(all()).toEqual(['a']);
    sent[0]?.answer();
    await first;
    await tick();
    expect(all()).toEqual(['a', 'b,c']);
    sent[1]?.answer();
    await expect(Promise.all(others)).resolves.toEqual(['b!', 'c!']);
  });

  it('sends the calls of those together that were answered together', async () => {
    const { group, sent, all } = createGroup();
    const rounds = ['a', 'b', 'c'].map(async (call) => group.join(await group.join(call)));
    await tick();
    sent[0]?.answer();
    await tick();
    expect(all()).toEqual(['a,b,c', 'a!,b!,c!']);
    sent[1]?.answer();
    await Promise.all(rounds);
  });

  it('limits the number of calls, and their size unless one alone is larger', async () => {
    const { group, sent, all } = createGroup();
    const large = 'x'.repeat(30);
    const answers = ['a', 'b', 'c', 'd', large, 'e'].map((call) => group.join(call));
    for (let index = 0; index < 4; index += 1) {
      await tick();
      sent[index]?.answer();
    }
    await Promise.all(answers);
    expect(all()).toEqual(['a,b,c', 'd', large, 'e']);
  });

  it('fails the calls of a failed group, and no others', async () => {
    const { group, sent } = createGroup();
    const failed = Promise.allSettled([group.join('a'), group.join('b')]);
    await tick();
    const next = group.join('c');
    const error = new Error('lost');
    sent[0]?.fail(error);
    await expect(failed).resolves.toEqual([
      { status: 'rejected', reason: error },
      { status: 'rejected', reason: error },
    ]);
    await tick();
    sent[1]?.answer();
    await expect(next).resolves.toBe('c!');
  });

  it('does not let a group without an answer hold up the next ones', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
    try {
      const { group, sent, all } = createGroup();
      const silent = group.join('a');
      await tick();
      const next = group.join('b');
      await jest.advanceTimersByTimeAsync(1_100);
      await tick();
      expect(all()).toEqual(['a', 'b']);
      sent[1]?.answer();
      await expect(next).resolves.toBe('b!');
      sent[0]?.answer();
      await expect(silent).resolves.toBe('a!');
    } finally {
      jest.useRealTimers();
    }
  });
});
