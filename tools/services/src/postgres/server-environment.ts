/**
 * The environment of initdb and postgres: only the path is inherited, since the caller's PGDATA, PGPORT or
 * locale would change what is started.
 */
export function serverEnvironment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C', ...more };
}
