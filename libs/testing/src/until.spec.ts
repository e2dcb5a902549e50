import { ConditionTimeoutError, until } from './until';

describe('until', () => {
  it('waits for something truthy and resolves to it', async () => {
    let looks = 0;
    await expect(until(() => ++looks > 2 && looks, { interval: 1 })).resolves.toBe(3);
  });

  it('goes on while the condition throws', async () => {
    let looks = 0;
    const condition = (): string => {
      if (++looks < 3) throw new Error('not yet');
      return 'there';
    };
    await expect(until(condition, { interval: 1 })).resolves.toBe('there');
  });

  it('says what it waited for in vain, and why the condition failed', async () => {
    const cause = new Error('nobody home');
    const waiting = until(() => Promise.reject<boolean>(cause), { timeout: 30, what: 'an answer' });
    await expect(waiting).rejects.toThrow(ConditionTimeoutError);
    await expect(waiting).rejects.toMatchObject({
      message: 'Waited 30 ms for an answer, in vain.',
      cause,
    });
  });
});
