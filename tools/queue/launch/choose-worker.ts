import type { CommandedWorker, CommandPlan } from '../command/command-plan';
import { didYouMean } from '../terminal/similar-names';
import { CommandLineError } from './command-line.error';

/** For which worker a command runs, and the keys of the contracts that it gets. */
export interface ChosenWorker {
  worker: CommandedWorker;
  contracts: readonly string[];
}

/**
 * The worker that runs the job, unless one was chosen; `enqueue` gets the contract of the job, any other command those of the
 * worker, and that of the job if another workspace processes it.
 *
 * @param job the option `--job`, if it was passed
 * @param chosen the option `--worker`, if it was passed
 * @throws CommandLineError which suggests a similar name
 */
export function chooseWorker(
  plan: CommandPlan,
  command: string,
  job: unknown,
  chosen: string | undefined,
): ChosenWorker {
  const key = typeof job === 'string' ? keyOfJob(plan, job) : undefined;
  const worker = findWorker(plan, chosen, key);
  if (key === undefined) return { worker, contracts: worker.contracts };
  const isExternal = !plan.workers.some(({ contracts }) => contracts.includes(key));
  const more = isExternal ? [key] : [];
  return { worker, contracts: command === 'enqueue' ? [key] : [...worker.contracts, ...more] };
}

function keyOfJob({ jobs, exec }: CommandPlan, name: string): string {
  const key = jobs[name];
  if (key !== undefined) return key;
  const names = Object.keys(jobs).sort();
  const others =
    names.length === 0
      ? `Add one: ${exec} nx g @tools/queue:processor ${name}`
      : `This workspace has: ${names.join(', ')}.`;
  throw new CommandLineError(`There is no job "${name}".${didYouMean(name, names)} ${others}`);
}

/** The only worker, the one that is asked for, or the one that runs the job. */
function findWorker(
  { workers }: CommandPlan,
  chosen: string | undefined,
  contract: string | undefined,
): CommandedWorker {
  const names = workers.map(({ name }) => name);
  if (chosen !== undefined) {
    const worker = workers.find(({ name }) => name === chosen);
    if (worker) return worker;
    throw new CommandLineError(
      `There is no worker "${chosen}".${didYouMean(chosen, names)} The workers are: ${names.join(', ')}.`,
    );
  }
  const [first, ...others] = workers;
  if (first === undefined) {
    throw new CommandLineError('No project of this workspace has the tag "queue:worker".');
  }
  const running =
    contract === undefined ? undefined : workers.find((each) => each.contracts.includes(contract));
  if (running ?? others.length === 0) return running ?? first;
  if (contract !== undefined) return first;
  throw new CommandLineError(
    `This workspace has several workers. Add one of: ${names.map((name) => `--worker=${name}`).join(', ')}`,
  );
}
