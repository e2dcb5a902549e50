import { UserFacingError } from '@libs/config';

/**
 * The database lacks tables or columns that this code needs.
 *
 * To do: apply the migrations with the command in the message.
 *
 * @group Starting a process
 */
export class MigrationsPendingError extends UserFacingError {
  readonly code = 'MIGRATIONS_PENDING';

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
