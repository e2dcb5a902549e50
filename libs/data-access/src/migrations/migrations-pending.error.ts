import { UserFacingError } from '@libs/config';

/** The database lacks tables or columns that this code needs. */
export class MigrationsPendingError extends UserFacingError {
  constructor(
    readonly database: string,
    readonly pending: readonly string[],
  ) {
    const what = pending.length === 1 ? '1 migration is' : `${pending.length} migrations are`;
    super(
      `${what} not applied to ${database}: ${pending.join(', ')}. ` +
        'Apply with `npx nx run api:migrate` in the workspace, or `node migrate.js` in the folder of the built api.',
    );
  }
}
