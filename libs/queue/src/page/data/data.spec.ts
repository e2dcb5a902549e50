import type { QueueStore } from '../../store/queue-store';
import { kindOf } from './failures-by-kind';
import { describeDurations, RunHistories } from './run-histories';
import { SharedAnswer, SharedAnswers } from './shared-answer';

describe('a question that all open pages ask', () => {
  it('is asked once at a time, and again when its answer is old', async () => {
    let now = 0;
    let asked = 0;
    const answers: ((value: number) => void)[] = [];
    const shared = new SharedAnswer(
      () => {
        asked += 1;
        return new Promise<number>((resolve) => answers.push(resolve));
      },
      1_000,
      () => now,
    );
    const both = [shared.get(), shared.get()];
    now = 5_000;
    both.push(shared.get());
    answers[0]?.(1);
    expect(await Promise.all(both)).toEqual([1, 1, 1]);
    expect(asked).toBe(1);
    const next = shared.get();
    answers[1]?.(2);
    expect(await next).toBe(2);
    expect(await shared.get()).toBe(2);
    shared.forget();
    void shared.get();
    expect(asked).toBe(3);
  });

  it('is asked again after a failure', async () => {
    let asked = 0;
    const shared = new SharedAnswer(() => {
      asked += 1;
      return asked === 1 ? Promise.reject(new Error('away')) : Promise.resolve(asked);
    }, 1_000);
    await expect(shared.get()).rejects.toThrow('away');
    expect(await shared.get()).toBe(2);
  });

  it('is remembered for the latest fifty', async () => {
    const shared = new SharedAnswers<number>(60_000);
    const ask = (question: number, answer: number) =>
      shared.get(String(question), () => Promise.resolve(answer));
    for (let question = 0; question < 51; question += 1) await ask(question, 1);
    expect(await Promise.all([ask(50, 2), ask(1, 2), ask(0, 2)])).toEqual([1, 1, 2]);
  });
});

describe('the history of a queue', () => {
  const MINUTE = 60_000;

  it('is read once for minutes that are over', async () => {
    const since: number[] = [];
    const query = (_: string, parameters: readonly unknown[] = []) => {
      const from = parameters[1] as number;
      since.push(from / MINUTE);
      const minutes = [100, 101, 102].map((at) => ({ at: at * MINUTE, completed: at, failed: 1 }));
      return Promise.resolve([
        { queue: 'order', minutes: minutes.filter(({ at }) => at >= from), durations: [] },
      ]);
    };
    const access = { kind: 'postgres', query };
    const histories = new RunHistories({ access } as unknown as QueueStore);
    const read = async (minute: number) =>
      (await histories.read(['order'], minute * MINUTE + 5))
        .get('order')
        ?.history.map(({ completed }) => completed);

    expect((await read(102))?.slice(-4)).toEqual([0, 100, 101, 102]);
    expect((await read(103))?.slice(-4)).toEqual([100, 101, 102, 0]);
    expect((await read(131))?.slice(0, 2)).toEqual([102, 0]);
    expect(since).toEqual([73, 101, 102]);
  });

  it('has the middle and the end of how long jobs took', () => {
    const durations = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(describeDurations(durations)).toEqual({ jobs: 100, median: 50, p95: 95, longest: 100 });
    expect(describeDurations([7])).toEqual({ jobs: 1, median: 7, p95: 7, longest: 7 });
    expect(describeDurations([])).toBeNull();
  });
});

describe('the kind of a failure', () => {
  it.each([
    ['Order 4711 of 7 has no stock\n    at x', 'Order … of … has no stock'],
    ['No user e5f1c2d0-9a4b-4c8e-8f63-0d2f6c1c7b11', 'No user …'],
    ['commit 9f8e7d6c5b4a is decided', 'commit … is decided'],
    ['', ''],
  ])('of %j is %j', (failure, kind) => {
    expect(kindOf(failure)).toBe(kind);
  });
});
