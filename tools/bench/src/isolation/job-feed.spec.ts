import { jobsPerSecond } from './job-feed';

describe(jobsPerSecond.name, () => {
  const ran = (began: number, ended: number) => ({ added: 0, began, ended });

  it.each([
    ['a job within the window', [ran(1_200, 1_400)], 0.5],
    ['a job with its first half before it', [ran(500, 1_500)], 0.25],
    ['a job with its second half after it', [ran(2_500, 3_500)], 0.25],
    ['a job longer than it', [ran(0, 4_000)], 0.25],
    ['jobs before and after it', [ran(0, 1_000), ran(3_000, 4_000)], 0],
    ['jobs at the same time', [ran(1_000, 2_000), ran(1_000, 2_000), ran(2_000, 3_000)], 1.5],
  ])('counts %s with the part inside', (_, runs, expected) => {
    expect(jobsPerSecond(runs, [1_000, 3_000])).toBe(expected);
  });
});
