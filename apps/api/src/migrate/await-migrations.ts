import { setTimeout } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { UserFacingError } from '@libs/config';
import { pendingMigrations } from '@libs/data-access';
import { outboxMigrationState, queueMigrationState } from '@libs/queue';
import { hints } from '../hints';

/** In milliseconds: an orchestrator starts the command again. */
const PATIENCE = 5 * 60_000;

/** In milliseconds, between two looks. */
const PAUSE = 1_000;

type Access = NonNullable<Parameters<typeof pendingMigrations>[1]>;

interface Address extends Access {
  readonly url: string;
}

/**
 * `migrate wait` has waited for five minutes, and migrations are still not applied, or a store does not answer.
 *
 * To do: apply the migrations with the command in the message; in Kubernetes, read the log of the Job.
 *
 * @group Starting a process
 */
export class MigrationsAwaitedError extends UserFacingError {
  readonly code = 'MIGRATIONS_AWAITED';

  constructor(problem: string, patience: number) {
    super(
      `Waited ${patience / 1_000} s for the migrations: ${problem}. To apply them: ${hints.migrate}.`,
    );
  }
}

/**
 * Resolves when no migration is pending in any store. It changes nothing. A store that cannot be asked is asked again: it
 * may be starting as well.
 *
 * @param patience in milliseconds
 * @throws MigrationsAwaitedError
 */
export async function awaitMigrations(
  database: Address,
  queue: Address,
  { patience = PATIENCE, pause = PAUSE }: { patience?: number; pause?: number } = {},
): Promise<void> {
  const end = performance.now() + patience;
  let told: string | undefined;
  for (;;) {
    const problem = await problemOf(database, queue);
    if (problem === undefined) return;
    if (performance.now() >= end) throw new MigrationsAwaitedError(problem, patience);
    if (problem !== told) new Logger('Migrations').log(`Waiting: ${problem}.`);
    told = problem;
    await setTimeout(pause);
  }
}

async function problemOf(database: Address, queue: Address): Promise<string | undefined> {
  try {
    const pending = [
      ...(await pendingMigrations(database.url, database)),
      ...((await outboxMigrationState(database.url, database)).pending ? ['outbox'] : []),
      ...((await queueMigrationState(queue.url, queue)).pending ? ['queue tables'] : []),
    ];
    return pending.length === 0 ? undefined : `not applied yet: ${pending.join(', ')}`;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
  }
}
