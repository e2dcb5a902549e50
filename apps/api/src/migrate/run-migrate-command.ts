import {
  databaseOf,
  queueStoreOf,
  defineConfig,
  loadConfig,
  processVariables,
  UserFacingError,
} from '@libs/config';
import { migrateDatabase, migrationStates, revertLastMigration } from '@libs/data-access';
import {
  migrateOutbox,
  migrateQueueStore,
  outboxMigrationState,
  queueMigrationState,
} from '@libs/queue';
import * as z from 'zod';
import { awaitMigrations } from './await-migrations';

const USAGE = `Applies the migrations of the database, the outbox and the queue store.

  migrate            apply every pending migration (same as: migrate apply)
  migrate show       list the migrations and whether each is applied; changes nothing
  migrate wait       wait until none is pending, for up to 5 minutes; changes nothing
  migrate revert     revert the last migration of the database; outbox and queue tables are kept

In the workspace: npx nx run api:migrate, api:migrate:show, api:migrate:revert.
Variables: DATABASE_URL, and QUEUE_URL if the queues are elsewhere; DATABASE_PASSWORD_FILE, QUEUE_PASSWORD_FILE.`;

const config = defineConfig(
  z
    .object({
      DATABASE_URL: processVariables.DATABASE_URL,
      DATABASE_PASSWORD_FILE: processVariables.DATABASE_PASSWORD_FILE,
      QUEUE_URL: processVariables.QUEUE_URL,
      QUEUE_PASSWORD_FILE: processVariables.QUEUE_PASSWORD_FILE,
    })
    .meta({ documentedIn: 'docs/reference/configuration.md' }),
);

/**
 * The command line is not one that `migrate` understands.
 *
 * To do: use one of the commands in the message.
 *
 * @group Commands and generators
 */
export class MigrateUsageError extends UserFacingError {
  readonly code = 'MIGRATE_USAGE';

  constructor(args: readonly string[]) {
    super(`"${['migrate', ...args].join(' ')}" is not a command.\n\n${USAGE}`);
  }
}

type Address = ReturnType<typeof databaseOf>;

interface Stores {
  database: Address;
  queue: Address;
}

const COMMANDS: Readonly<Record<string, (stores: Stores) => Promise<string>>> = {
  apply,
  show,
  wait,
  revert,
};

/** Runs one command line, and resolves to its output. */
export async function runMigrateCommand(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string> {
  if (args.some((arg) => ['help', '--help', '-h'].includes(arg))) return USAGE;
  const [name = 'apply', ...rest] = args;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined || rest.length > 0) throw new MigrateUsageError(args);
  const variables = loadConfig(config, env);
  return command({ database: databaseOf(variables), queue: queueStoreOf(variables) });
}

async function apply({ database, queue }: Stores): Promise<string> {
  const applied = await migrateDatabase(database.url, database);
  const hasNewOutbox = await migrateOutbox(database.url, database);
  const { from, to } = await migrateQueueStore(queue.url, queue);
  return [
    applied.length === 0
      ? 'The database was up to date.'
      : `Applied to the database: ${applied.join(', ')}.`,
    hasNewOutbox ? 'The outbox was created.' : 'The outbox was up to date.',
    to === 0 ? 'The queues are in Redis and need no tables.' : queueTables(from, to),
  ].join('\n');
}

function queueTables(from: number, to: number): string {
  return from === to
    ? `The queue tables were up to date (version ${to}).`
    : `The queue tables are now at version ${to}${from === 0 ? '' : `, from ${from}`}.`;
}

async function show({ database, queue }: Stores): Promise<string> {
  const states = await migrationStates(database.url, database);
  const outbox = await outboxMigrationState(database.url, database);
  const { version, required, pending } = await queueMigrationState(queue.url, queue);
  return [
    ...states.map(({ name, applied }) => `${applied ? 'applied' : 'pending'}  ${name}`),
    `${outbox.pending ? 'pending' : 'applied'}  outbox`,
    required === 0
      ? 'The queues are in Redis and need no tables.'
      : `${pending ? 'pending' : 'applied'}  queue tables, version ${version} of ${required}`,
  ].join('\n');
}

async function wait({ database, queue }: Stores): Promise<string> {
  await awaitMigrations(database, queue);
  return 'No migration is pending.';
}

async function revert({ database }: Stores): Promise<string> {
  const reverted = await revertLastMigration(database.url, database);
  return reverted === undefined
    ? 'No migration is applied, so there is nothing to revert.'
    : `Reverted ${reverted}.`;
}
