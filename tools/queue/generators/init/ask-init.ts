import { didYouMean } from '../../terminal/similar-names';
import { PLUGIN_NAME, type Project, packageManager, TAGS } from '../../workspace/index';
import type { Terminal } from '../plan/choose-job';
import { ProjectChoiceError } from '../plan/choose-project';
import { CancelledError, isInteractive } from '../plan/interactive';
import { problemOf } from '../plan/problem-of';
import { workerName } from '../worker/worker-name';
import { type InitOptions, NONE } from './init-options';
import type { NestApp } from '../plan/nest-apps';

/** What is to be set up. */
export interface InitAnswers {
  /** The application that adds jobs. */
  api: NestApp | undefined;
  /** The name of a worker to add. */
  worker: string | undefined;
}

/** The name of a worker if no one says another one. */
const WORKER = 'worker';

/** What is known of the workspace before anything is asked. */
export interface InitFacts {
  apps: readonly NestApp[];
  workers: readonly Project[];
  /** The names of all projects. */
  projects: readonly string[];
}

/**
 * Asks for what was not passed, on a terminal. Without one, the only Nest application adds jobs, and a workspace without a
 * worker gets one.
 *
 * @param terminal to ask on; by default that of this process, if it has one
 * @throws ProjectChoiceError if there are several applications and no one to ask
 * @throws CancelledError
 */
export async function askInit(
  facts: InitFacts,
  options: InitOptions,
  terminal?: Terminal,
): Promise<InitAnswers> {
  const canAsk = terminal !== undefined || isInteractive();
  const api =
    options.api === undefined
      ? await askApi(facts.apps, canAsk, terminal)
      : namedApp(facts.apps, options.api);
  const worker =
    options.worker === undefined
      ? await askWorker(facts, canAsk, terminal)
      : newWorker(facts, options.worker);
  return { api, worker };
}

function namedApp(apps: readonly NestApp[], given: string): NestApp | undefined {
  if (given === NONE) return undefined;
  const found = apps.find(({ name }) => name === given);
  if (found) return found;
  const names = apps.map(({ name }) => name);
  throw new ProjectChoiceError(
    `"${given}" is no Nest application: none of that name has a main.ts with NestFactory.${didYouMean(given, names)} ` +
      `Nothing was written. Pass --api with one of: ${[...names, NONE].join(', ')}.`,
  );
}

async function askApi(
  apps: readonly NestApp[],
  canAsk: boolean,
  terminal: Terminal | undefined,
): Promise<NestApp | undefined> {
  const [only, second] = apps;
  if (only === undefined) return undefined;
  if (!canAsk) {
    if (second === undefined) return only;
    const names = apps.map(({ name }) => name).join(', ');
    const { exec } = packageManager();
    throw new ProjectChoiceError(
      `This workspace has several Nest applications: ${names}. Nothing was written. ` +
        `Say which one adds jobs, or ${NONE}: ${exec} nx g ${PLUGIN_NAME}:init --api=${only.name}`,
    );
  }
  // Loaded here only, because it is needed only here.
  const { isCancel, select } = await import('@clack/prompts');
  const chosen = await select({
    message: 'Which application adds jobs?',
    options: [
      ...apps.map(({ name, root }) => ({ value: name, hint: root })),
      { value: NONE, hint: 'leave all applications as they are' },
    ],
    ...terminal,
  });
  if (isCancel(chosen)) throw new CancelledError();
  return apps.find(({ name }) => name === chosen);
}

async function askWorker(
  { workers, projects }: InitFacts,
  canAsk: boolean,
  terminal: Terminal | undefined,
): Promise<string | undefined> {
  if (workers.length > 0) return undefined;
  if (!canAsk) return defaultWorker(projects);
  const { isCancel, text } = await import('@clack/prompts');
  const chosen = await text({
    message: `Name of the worker, the application that runs jobs? ${NONE} for no worker.`,
    initialValue: WORKER,
    validate: (value = '') =>
      value === NONE ? undefined : problemOf(() => workerName(value, projects)),
    ...terminal,
  });
  if (isCancel(chosen)) throw new CancelledError();
  return chosen === NONE ? undefined : workerName(chosen, projects);
}

function defaultWorker(projects: readonly string[]): string {
  const taken = problemOf(() => workerName(WORKER, projects));
  if (taken === undefined) return WORKER;
  throw new ProjectChoiceError(
    `This workspace has a project "${WORKER}" already, without the tag "${TAGS.worker}" of a worker. Nothing was written. ` +
      `Say what the new worker is called, or ${NONE}: ${packageManager().exec} nx g ${PLUGIN_NAME}:init --worker=job-${WORKER}`,
  );
}

/** One that is there already is not added again. */
function newWorker({ workers, projects }: InitFacts, given: string): string | undefined {
  if (given === NONE || workers.some(({ name }) => name === given)) return undefined;
  return workerName(given, projects);
}
