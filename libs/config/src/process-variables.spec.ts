import { processVariables } from './process-variables';

const problemOf = (url: string) =>
  processVariables.QUEUE_URL.safeParse(url)
    .error?.issues.map(({ message }) => message)
    .join();

describe('QUEUE_URL', () => {
  it.each([
    'postgres://ada:secret@db/app',
    'redis://localhost',
    'redis://:p%40ss@127.0.0.1:6379/2?prefix=jobs',
    'rediss://a:6379,b:6379',
    'redis://[::1]:6379/0',
  ])('may be %s', (url) => {
    expect(problemOf(url)).toBeUndefined();
  });

  it.each([
    ['mysql://db/app', 'expected a URL that starts with postgres:// or postgresql:// or redis://'],
    ['redis://127.0.0.1:99999', 'is not a valid URL: check the port'],
    ['redis://', 'expected redis://host:6379/0: a Redis URL needs a host'],
    ['redis://127.0.0.1:1/abc', 'a Redis URL needs a host, and its database is a number'],
  ])('may not be %s, and says what is wrong with it', (url, problem) => {
    expect(problemOf(url)).toContain(problem);
  });
});
