import type { PostgresRole } from '../service-paths';

const SHARED = {
  listen_addresses: '127.0.0.1',
  // A socket's path is limited to 107 bytes (103 on macOS), and a workspace can lie deeper.
  unix_socket_directories: '',
  max_connections: 200,
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/**
 * Tests need no data after a power cut, and waiting for the disk is most of the cost of DROP DATABASE: a
 * checkpoint of the whole server. Even so, `kill -9` of the server loses nothing: the operating system has
 * what was written.
 */
const TESTS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: 0,
};

/** The settings of a server, by name. */
export function serverSettings(role: PostgresRole): Record<string, string | number> {
  return role === 'tests' ? { ...SHARED, ...TESTS } : SHARED;
}
