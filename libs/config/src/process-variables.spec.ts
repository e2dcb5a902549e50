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
    'VALKEYS://a',
    'redis+sentinel://:p%40ss@a:26379,[::1]:26379/mymaster',
    'rediss+sentinel://a/mymaster/2?sentinel_password=own',
    'valkey+sentinel://a/1/0',
    'unix:///run/redis.sock?db=1',
    'redis+unix://ada:secret@/run/redis.sock',
  ])('may be %s', (url) => {
    expect(problemOf(url)).toBeUndefined();
  });

  it.each([
    ['mysql://db/app', 'expected a URL that starts with postgres:// or postgresql:// or redis://'],
    ['redis://127.0.0.1:99999', 'is not a valid URL: check the port'],
    ['redis://', 'expected redis://host:6379/0: a Redis URL needs a host'],
    ['redis+sentinel://a:26379', 'a Sentinel URL needs the name of its master'],
    ['redis+sentinel://a:26379/0', 'a Sentinel URL needs the name of its master'],
    ['rediss+sentinel://a:99999/mymaster', 'is not a valid URL: check the port'],
    ['unix://run/redis.sock', "a socket's path is absolute"],
    ['redis+unix://ada@run/redis.sock', "a socket's path is absolute"],
    ['redis://127.0.0.1:1/abc', 'a Redis URL needs a host, and its database is a number'],
  ])('may not be %s, and says what is wrong with it', (url, problem) => {
    expect(problemOf(url)).toContain(problem);
  });
});
