import { InvalidRedisUrlError } from './invalid-redis-url.error';
import { isRedisUrl } from './redis-schemes';
import { parseRedisUrl } from './redis-url';

const at = (host: string, port = 6379) => ({ host, port });

describe('the URL of a Redis', () => {
  it.each([
    ['redis://localhost', 'localhost/0', { kind: 'single', endpoint: at('localhost'), db: 0 }],
    ['redis://[::1]:7000/3', '[::1]:7000/3', { endpoint: at('::1', 7000), db: 3 }],
    ['redis://host/?db=3', 'host/3', { db: 3 }],
    ['rediss://queue.example.org:6380', 'queue.example.org:6380/0', { tls: true, tlsFiles: {} }],
    [
      'rediss://a,b?ssl_certfile=/c.pem&ssl_keyfile=/k.pem',
      'a,b',
      { tlsFiles: { ssl_certfile: '/c.pem', ssl_keyfile: '/k.pem' } },
    ],
    ['redis://ada:p%40ss:,word@host/1', 'host/1', { username: 'ada', password: 'p@ss:,word' }],
    ['redis://:secret@host', 'host/0', { username: undefined, password: 'secret' }],
    ['redis://:p/a?s#s@host', 'host/0', { password: 'p/a?s#s' }],
    ['redis://host?prefix=shop', 'host/0', { kind: 'single', prefix: 'shop' }],
    ['redis://host?cluster=false', 'host/0', { kind: 'single' }],
    ['REDIS://host', 'host/0', { tls: false }],
    ['valkey://host', 'host/0', { tls: false }],
    ['valkeys://host', 'host/0', { tls: true }],
  ])('of one server may be %s', (url, location, parts) => {
    expect(isRedisUrl(url)).toBe(true);
    expect(parseRedisUrl(url)).toMatchObject({ location, ...parts });
  });

  it.each([
    ['redis://host?cluster=true', 'host', {}],
    ['redis://host?cluster=true&prefix={jobs}', 'host', { prefix: '{jobs}' }],
    ['valkeys://a,b/0', 'a,b', { tls: true }],
    [
      'rediss://:secret@a:7001,b:7002,c',
      'a:7001,b:7002,c',
      { tls: true, password: 'secret', nodes: [at('a', 7001), at('b', 7002), at('c')] },
    ],
  ])('of a cluster may be %s', (url, location, parts) => {
    expect(isRedisUrl(url)).toBe(true);
    expect(parseRedisUrl(url)).toMatchObject({ kind: 'cluster', location, ...parts });
  });

  it.each([
    [
      'redis+sentinel://ada:secret@a:1,b/mymaster/2?sentinel_username=eve&sentinel_password=o%26wn+&prefix=shop',
      'a:1,b/mymaster/2',
      {
        sentinels: [at('a', 1), at('b', 26379)],
        master: 'mymaster',
        db: 2,
        username: 'ada',
        password: 'secret',
        sentinelUsername: 'eve',
        sentinelPassword: 'o&wn+',
        prefix: 'shop',
        tls: false,
      },
    ],
    [
      'redis+sentinel://[::1]:1,b/m',
      '[::1]:1,b/m/0',
      { sentinels: [at('::1', 1), at('b', 26379)] },
    ],
    ['rediss+sentinel://a/m/', 'a/m/0', { tls: true, sentinelPassword: undefined }],
    ['valkeys+sentinel://a/m?db=1', 'a/m/1', { tls: true, db: 1 }],
    ['valkey+sentinel://a/1/0', 'a/1/0', { tls: false, master: '1' }],
  ])('of Sentinel may be %s', (url, location, parts) => {
    expect(isRedisUrl(url)).toBe(true);
    expect(parseRedisUrl(url)).toMatchObject({ kind: 'sentinel', location, ...parts });
  });

  it.each([
    ['unix:///run/redis.sock', '/run/redis.sock?db=0', { endpoint: { path: '/run/redis.sock' } }],
    ['redis+unix:///a/b?db=2', '/a/b?db=2', { endpoint: { path: '/a/b' }, db: 2, tls: false }],
    ['unix://ada:secret@/a%20b', '/a b?db=0', { username: 'ada', password: 'secret' }],
    ['unix:///a?username=ada&password=secret', '/a?db=0', { username: 'ada', password: 'secret' }],
  ])('of a socket may be %s', (url, location, parts) => {
    expect(isRedisUrl(url)).toBe(true);
    expect(parseRedisUrl(url)).toMatchObject({ kind: 'single', location, ...parts });
  });

  it.each([
    ['redis://', 'it has no host'],
    ['redis:///run/redis.sock', 'it has no host; the socket at a path is unix:///run/redis.sock'],
    ['redis://a#b', 'it cannot be parsed'],
    ['redis://:secret@a:1,b:x', '"b:x" is not a host with a port'],
    ['redis://:secret@a:99999', '"a:99999" is not a host with a port'],
    ['redis://:secret@a,', '"" is not a host with a port'],
    ['redis://:secret@a/zero', 'its database is not a number'],
    ['redis://:secret@a/1?db=2', 'it names two databases'],
    ['redis://:secret@a,b/1', 'a cluster has database 0 only'],
    ['redis://:secret@a,b?cluster=false', 'several hosts are a cluster'],
    ['redis://:secret@a?cluster=yes', 'its option "cluster" is neither true nor false'],
    ['redis://:secret@a,b?prefix=jobs', 'on a cluster a prefix needs braces'],
    ['redis://:secret@a?family=6', 'its option "family" is unknown, use cluster, db, prefix'],
    ['redis://:secret@a?prefix=a&prefix=b', 'its option "prefix" is given twice'],
    ['redis://:secret%@a', 'a % in its user or password must be written %25'],
    ['redis+sentinel://:secret@a:1', 'it lacks the name by which the sentinels know the master'],
    ['redis+sentinel://:secret@a:1/', 'as in redis+sentinel://host:26379/mymaster'],
    ['redis+sentinel://:secret@a:1/0', 'it lacks the name by which the sentinels know the master'],
    ['redis+sentinel://:secret@a/m/one', 'its database is not a number'],
    [
      'redis+sentinel://:secret@a/m/1/2',
      'after the name of the master it may have a database only',
    ],
    ['redis+sentinel://a/m?sentinel_password=secret%', 'a % in its options must be written %25'],
    ['redis+sentinel://a/m?sentinelPassword=secret', 'use db, prefix, sentinel_password'],
    ['unix://run/redis.sock', "a socket's path is absolute"],
    ['unix://', "a socket's path is absolute"],
    ['redis://a?ssl_ca_certs=/ca.pem', 'its option "ssl_ca_certs" is for TLS'],
    ['rediss://a?ssl_certfile=/c.pem', 'both of its options ssl_certfile and ssl_keyfile'],
    ['unix:///a?cluster=true', 'its option "cluster" is unknown'],
  ])('may not be %s; the error says why, without the password', (url, problem) => {
    expect(() => parseRedisUrl(url)).toThrow(InvalidRedisUrlError);
    expect(() => parseRedisUrl(url)).toThrow(problem);
    expect(() => parseRedisUrl(url)).not.toThrow('secret');
  });

  it.each(['postgres://localhost/redis://', 'redisx://a', 'redis+tls://a', 'redis-sentinel://a/m'])(
    'is not %s',
    (url) => {
      expect(isRedisUrl(url)).toBe(false);
    },
  );
});
