import { didYouMean } from '../terminal/similar-names';
import type { Contract } from './contracts';
import { listContracts } from './contracts';
import { PLUGIN_NAME } from './plugin-name';
import { PluginError } from './plugin.error';
import type { QueueWorkspace } from './queue-workspace';
import { packageManager } from './package-manager';

/**
 * A command or a generator is given the name of a job that has no contract in this workspace.
 *
 * To do: use one of the names in the message, or add the job with `npx nx g @tools/queue:processor <name>`.
 */
export class UnknownJobError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_UNKNOWN_JOB';

  constructor(job: string, known: readonly string[]) {
    super(
      known.length === 0
        ? `There is no job "${job}", and no other. Add one: ${packageManager().exec} nx g ${PLUGIN_NAME}:processor ${job}`
        : `There is no job "${job}".${didYouMean(job, known)} This workspace has: ${known.join(', ')}.`,
    );
  }
}

/** Throws `UnknownJobError` if there is no such contract. */
export function findContract(workspace: QueueWorkspace, job: string): Contract {
  const contracts = listContracts(workspace);
  const found = contracts.find(({ name }) => name === job);
  if (found) return found;
  throw new UnknownJobError(job, contracts.flatMap(({ name }) => name ?? []).sort());
}
