/**
 * The environment of initdb and postgres: nothing of the caller's but the path, since PGDATA,
 * PGPORT or a locale of his would change what is started.
 */
export function serverEnvironment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C', ...more };
}
