import type { PostgresRole } from '../service-paths';

const SHARED = {
  listen_addresses: '127.0.0.1',
  // A socket's path may have 107 bytes at most (103 on macOS), and a workspace can lie deeper.
  unix_socket_directories: '',
  max_connections: 200,
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/**
 * No test needs its data after a power cut, and waiting for the disk is most of what DROP DATABASE
 * costs: a checkpoint of the whole server. `kill -9` of the server loses nothing all the same: the
 * operating system has what was written.
 */
const TESTS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: 0,
};

/** The settings that a server is started with, by name. */
export function serverSettings(role: PostgresRole): Record<string, string | number> {
  return role === 'tests' ? { ...SHARED, ...TESTS } : SHARED;
}
