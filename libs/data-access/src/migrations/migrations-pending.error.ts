import { UserFacingError } from '@libs/config';

/** The database lacks tables or columns that this code needs. */
export class MigrationsPendingError extends UserFacingError {
  constructor(
    readonly database: string,
    readonly pending: readonly string[],
    migrateHint = 'call migrateDatabase(url)',
  ) {
    const what = pending.length === 1 ? '1 migration is' : `${pending.length} migrations are`;
    super(
      `${what} not applied to ${database}: ${pending.join(', ')}. To apply them: ${migrateHint}.`,
    );
  }
}
