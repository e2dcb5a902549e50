import { PLUGIN_NAME, type QueueWorkspace, packageManager } from '../../workspace/index';
import type { WorkerPlan } from '../worker/plan-worker';
import type { NestApp } from '../plan/nest-apps';
import type { ApiOutcome } from './plan-api';
import type { ContractsLibrary } from './plan-contracts';
import type { EslintSettings } from './plan-eslint';
import { transactionSteps } from './transaction-steps';

/** What the generator has written, and what it has found. */
export interface InitOutcome {
  hasChanged: boolean;
  api: NestApp | undefined;
  ofApi: ApiOutcome | undefined;
  eslint: EslintSettings | undefined;
  contracts: ContractsLibrary | undefined;
  worker: WorkerPlan | undefined;
}

/** What was done, what is left to a person, and the commands that come next. */
export function nextSteps(
  outcome: InitOutcome,
  { files, workers, runtime }: QueueWorkspace,
): string {
  const { exec } = packageManager();
  const { api, ofApi, eslint, contracts } = outcome;
  const [worker] = workers;
  const parts = [
    outcome.hasChanged
      ? 'Background jobs are set up.'
      : 'Background jobs are set up already. Nothing was changed.',
    contracts && `The contracts of jobs are in ${contracts.root}, as ${contracts.specifier}/<job>.`,
    outcome.worker && workerNote(outcome.worker),
    ofApi && api && apiNote(api, ofApi, runtime.producer),
    eslint && eslint.next === undefined && eslintNote(eslint),
    outcome.hasChanged &&
      `
Say where the queues are, in .env: DATABASE_URL=postgres://user:password@localhost:5432/app (or QUEUE_URL=redis://…).
Create their tables:
  ${exec} queue migrate
${worker === undefined ? noWorker(exec) : firstJob(exec, worker.name)}${transactionSteps(files, api, runtime.producer)}
To undo all of this, if nothing else is uncommitted: git checkout . && git clean -fd
`,
  ];
  return `\n${parts.filter((part) => typeof part === 'string').join('\n')}`;
}

function workerNote({ name, root, port, variables }: WorkerPlan): string {
  return `The worker "${name}" is in ${root}; its health is served on port ${port}, unless ${variables.http} says otherwise.`;
}

function apiNote({ name }: NestApp, outcome: ApiOutcome, runtime: string): string {
  const { kind, file = `the root module of "${name}"`, expression, store } = outcome;
  if (kind === 'added') return `"${name}" can add jobs: ${file} imports QueueModule.`;
  if (kind === 'present') return `"${name}" has the queues already, in ${file}.`;
  return `One step is left to you: ${outcome.file === undefined ? `${file} was not found` : `${file} has no list of imports that could be read`}. Add to its imports:
  ${expression}
  where QueueModule is from '${runtime}', and queueStore from ${store}.`;
}

function eslintNote({ file }: EslintSettings): string {
  return `One step is left to you: ${file} exports no list that could be read. Import '${PLUGIN_NAME}/eslint' there, and add its configs.recommended.`;
}

function firstJob(exec: string, worker: string): string {
  return `
Add a job, run it, and build the worker:
  ${exec} nx g ${PLUGIN_NAME}:processor email
  ${exec} nx serve ${worker}
  ${exec} queue enqueue --job=email --data='{"id":"1"}' --wait
  ${exec} nx build ${worker}
`;
}

function noWorker(exec: string): string {
  return `
There is no worker yet. Add one:
  ${exec} nx g ${PLUGIN_NAME}:worker worker
`;
}
