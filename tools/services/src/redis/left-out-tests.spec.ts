import { testsLeftOut } from './left-out-tests';

describe('who runs the tests', () => {
  /** A machine without any program. */
  const empty = { PATH: '/nowhere' };

  it('is told how to run those on Redis where there is none', () => {
    expect(testsLeftOut(empty)).toContain('apt-get install redis-server');
  });

  it('is told nothing where a server is named', () => {
    expect(testsLeftOut({ ...empty, TEST_REDIS_URL: 'redis://127.0.0.1:6379' })).toBeUndefined();
  });
});
