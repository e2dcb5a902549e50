import type { JobContract } from '../contract/job-contract';
import { migrateQueueStore, queueMigrationState } from '../store/migrate-queue-store';
import { print } from './print';
import { type CommandInput, type InputOf, reportFailure } from './run-command';

/** The options of `migrate`. */
export interface MigrateOptions {
  /** Change nothing, and fail if there is something to do. */
  check?: boolean;
  json?: boolean;
}

/** Creates or upgrades the tables of the queue store, or says whether that is to be done. No contract is looked at. */
export function runMigrate(
  _jobs: readonly JobContract[],
  given?: InputOf<MigrateOptions>,
): Promise<void> {
  return reportFailure(given, async (input) => {
    const { check = false, json = false } = input.options;
    await (check ? showState(input, json) : migrate(input, json));
  });
}

async function migrate(input: CommandInput<MigrateOptions>, json: boolean): Promise<void> {
  const { from, to } = await migrateQueueStore(input.url, accessOf(input));
  const text =
    from === to
      ? `The queue tables were up to date (version ${to}).`
      : `The queue tables are now at version ${to}${from === 0 ? '' : `, from ${from}`}.`;
  print(json, { from, to }, to === 0 ? IN_REDIS : text);
}

async function showState(input: CommandInput<MigrateOptions>, json: boolean): Promise<void> {
  const state = await queueMigrationState(input.url, accessOf(input));
  const { version, required, pending } = state;
  const text = pending
    ? `The queue tables are at version ${version}, and have to be at ${required}. Run: ${input.command}`
    : `The queue tables are up to date (version ${version}).`;
  print(json, state, required === 0 ? IN_REDIS : text);
  if (pending) process.exitCode = 1;
}

const IN_REDIS = 'The queues are in Redis and need no tables.';

function accessOf({ password }: CommandInput<MigrateOptions>) {
  return password === undefined ? {} : { password: () => password };
}
