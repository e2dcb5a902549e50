import { ConfigError } from './config.error';
import { queueStoreOf } from './queue-store-of';

const DATABASE_URL = 'postgres://app@db/app';
const file = Object.assign(() => Promise.resolve('secret'), { path: '/run/password' }) as never;

describe('a password in a URL, and another one in a file', () => {
  it.each([
    'redis://user:secret@a:6379',
    'redis://:secret@a:6379,b:6379',
    'redis+sentinel://u:p%40@a/mymaster',
  ])('are refused by the names of both variables: %s', (QUEUE_URL) => {
    const read = () => queueStoreOf({ DATABASE_URL, QUEUE_URL, QUEUE_PASSWORD_FILE: file });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/QUEUE_PASSWORD_FILE.*QUEUE_URL has a password too/);
  });

  it.each(['redis://user@a:6379', 'redis://a:6379,b:6379', 'unix:///run/redis.sock?db=1'])(
    'is one password only: %s',
    (QUEUE_URL) => {
      expect(queueStoreOf({ DATABASE_URL, QUEUE_URL, QUEUE_PASSWORD_FILE: file })).toMatchObject({
        url: QUEUE_URL,
        password: file,
      });
    },
  );
});
