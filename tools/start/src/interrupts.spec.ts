import { Interrupts } from './interrupts';

describe('a request to stop', () => {
  let interrupts: Interrupts;
  let asked: number;
  beforeEach(() => {
    jest.useFakeTimers();
    interrupts = new Interrupts();
    asked = 0;
    interrupts.onSecond(() => {
      asked++;
    });
  });
  afterEach(() => {
    interrupts.dispose();
    jest.useRealTimers();
  });

  it('counts once, also when both the terminal and npm send the signal', async () => {
    process.emit('SIGINT');
    await interrupts.first;
    process.emit('SIGINT');
    expect(interrupts.isRequested()).toBe(true);
    expect(asked).toBe(0);
  });

  it('counts twice when the person asks again', () => {
    process.emit('SIGINT');
    jest.advanceTimersByTime(1_500);
    process.emit('SIGINT');
    expect(asked).toBe(1);
  });
});
