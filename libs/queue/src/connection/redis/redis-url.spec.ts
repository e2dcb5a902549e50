import { InvalidRedisUrlError } from './invalid-redis-url.error';
import { isRedisUrl, parseRedisUrl } from './redis-url';

describe('the URL of a Redis', () => {
  it.each([
    ['redis://localhost', 'localhost/0', { nodes: [{ host: 'localhost', port: 6379 }], db: 0 }],
    ['redis://[::1]:7000/3', '[::1]:7000/3', { nodes: [{ host: '::1', port: 7000 }], db: 3 }],
    ['rediss://queue.example.org:6380', 'queue.example.org:6380/0', { tls: true }],
    ['redis://ada:p%40ss:,word@host/1', 'host/1', { username: 'ada', password: 'p@ss:,word' }],
    ['redis://:secret@host', 'host/0', { username: undefined, password: 'secret' }],
    ['redis://host?prefix=shop', 'host/0', { prefix: 'shop', cluster: false }],
    ['redis://host?cluster=true', 'host', { cluster: true }],
    ['redis://host?cluster=true&prefix={jobs}', 'host', { cluster: true, prefix: '{jobs}' }],
    [
      'rediss://:secret@a:7001,b:7002,c',
      'a:7001,b:7002,c',
      {
        cluster: true,
        tls: true,
        password: 'secret',
        nodes: [
          { host: 'a', port: 7001 },
          { host: 'b', port: 7002 },
          { host: 'c', port: 6379 },
        ],
      },
    ],
  ])('may be %s', (url, location, parts) => {
    expect(isRedisUrl(url)).toBe(true);
    expect(parseRedisUrl(url)).toMatchObject({ location, ...parts });
  });

  it.each([
    ['redis://', 'it cannot be parsed'],
    ['redis://:secret@a:1,b:x', '"b:x" is not a host with a port'],
    ['redis://:secret@a/zero', 'its database is not a number'],
    ['redis://:secret@a,b/1', 'a cluster has database 0 only'],
    ['redis://:secret@a,b?prefix=jobs', 'on a cluster a prefix needs braces'],
    ['redis://:secret@a?family=6', 'its option "family" is unknown'],
    ['redis://:secret%@a', 'a % in its user or password must be written %25'],
  ])('may not be %s; the error says why, without the password', (url, problem) => {
    expect(() => parseRedisUrl(url)).toThrow(InvalidRedisUrlError);
    expect(() => parseRedisUrl(url)).toThrow(problem);
    expect(() => parseRedisUrl(url)).not.toThrow('secret');
  });

  it('is told from others by what it starts with', () => {
    expect(isRedisUrl('postgres://localhost/redis://')).toBe(false);
  });
});
