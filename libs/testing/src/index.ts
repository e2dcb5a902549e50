export { ConditionTimeoutError, type UntilOptions, until } from './until';
export {
  OpenConnectionsError,
  type TestDatabase,
  TestDatabaseError,
  createTestDatabase,
} from './test-database';
