import { problemsOfLimits } from './process-limits';

const MB = 1_024 * 1_024;

describe('the limits of a process', () => {
  it('are fine on a machine without a container, and in a container with room for the heap', () => {
    const heap = 2_096 * MB;
    expect(problemsOfLimits({ memory: undefined, heap, threads: undefined })).toEqual([]);
    expect(problemsOfLimits({ memory: 4_096 * MB, heap, threads: '8' })).toEqual([]);
  });

  it('are told if the heap may be larger than the container', () => {
    expect(problemsOfLimits({ memory: 256 * MB, heap: 259 * MB, threads: undefined })).toEqual([
      'This process may use 256 MB, and Node lets its heap grow to 259 MB: it may be killed (exit code 137) before it ' +
        'collects garbage. Set NODE_OPTIONS=--max-old-space-size=192, or allow more memory.',
    ]);
  });

  it.each(['', 'many', '0'])('are told if %j leaves one thread for all files', (threads) => {
    expect(problemsOfLimits({ memory: undefined, heap: MB, threads })).toEqual([
      expect.stringContaining(`UV_THREADPOOL_SIZE is "${threads}", which gives one thread`),
    ]);
  });
});
