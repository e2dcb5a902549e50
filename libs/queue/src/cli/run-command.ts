import { text } from 'node:stream/consumers';
import { Logger } from '@nestjs/common';
import { JobDataError } from '../contract/job-data.error';
import type { JobContract } from '../contract/job-contract';
import { isUserFacing } from '../errors/queue.error';
import { JobOptionError } from '../limits/invalid-option.errors';
import { CommandServices } from './command-services';

/** The input of a command. The strings are for messages. */
export interface CommandInput<Options> {
  /** The queue store. */
  url: string;
  /** In place of one in the URL. */
  password?: string | undefined;
  /** The same for the sentinels of a Redis. */
  sentinelPassword?: string | undefined;
  /** How many replicas must have a job that is added, in digits. */
  replicas?: string | undefined;
  /** Workers that are served beside it and use another store, whose URL is without its secrets. @default none */
  servedElsewhere?: readonly { readonly project: string; readonly store: string }[];
  /** How to run this command: `npx nx run worker:dead`. */
  command: string;
  /** How to start the worker: `npx nx serve worker`. */
  startWorker: string;
  /** How to create or upgrade the tables of the queues: `npx queue migrate`. @default none is named */
  migrate?: string;
  options: Options;
}

export interface Command<Options, Request> {
  /** Shown by the store for the connection. */
  name: string;
  /** Fills in the defaults of the options, before the store is reached. Throws `CommandError`. */
  read: (options: Options) => Request;
  act: (services: CommandServices, request: Request, input: CommandInput<Options>) => Promise<void>;
}

/** What a command works with, or what is going to be; undefined: it is on the standard input, as JSON. */
export type InputOf<Options> = CommandInput<Options> | Promise<CommandInput<Options>> | undefined;

/** Runs a command for these jobs. A failure sets the exit code; user-facing errors are printed without a stack. */
export async function runCommand<Options, Request>(
  jobs: readonly JobContract[],
  given: InputOf<Options>,
  { name, read, act }: Command<Options, Request>,
): Promise<void> {
  await reportFailure(given, async (input) => {
    const request = read(input.options);
    const services = await connect(jobs, name, input);
    try {
      const { store } = services;
      const kind = store.access.kind === 'redis' ? 'Redis' : 'PostgreSQL';
      // Not on the standard output, which may be read as JSON.
      console.error(`Queues: ${kind} ${store.location}`);
      await act(services, request, input);
    } finally {
      await services.close();
    }
  });
}

/** Hands its input to a command. A failure sets the exit code; user-facing errors are printed without a stack. */
export async function reportFailure<Options>(
  given: InputOf<Options>,
  act: (input: CommandInput<Options>) => Promise<void>,
): Promise<void> {
  try {
    await act(await (given ?? readInput<Options>()));
  } catch (error) {
    process.exitCode = 1;
    // What is wrong with a job's data or options is the person's, too.
    const isForPeople =
      isUserFacing(error) || error instanceof JobDataError || error instanceof JobOptionError;
    console.error(isForPeople ? error.message : error);
  }
}

async function readInput<Options>(): Promise<CommandInput<Options>> {
  return JSON.parse(await text(process.stdin)) as CommandInput<Options>;
}

function connect(
  jobs: readonly JobContract[],
  applicationName: string,
  { url, password, sentinelPassword, replicas, migrate }: CommandInput<unknown>,
): Promise<CommandServices> {
  // What a person has to know is printed by the command, or is its error.
  Logger.overrideLogger(false);
  return CommandServices.open(jobs, {
    url,
    ...(password !== undefined && { password: () => password }),
    ...(sentinelPassword !== undefined && { sentinelPassword: () => sentinelPassword }),
    ...(replicas && { replicas: Number(replicas) }),
    applicationName,
    // A second connection costs as much as several statements, and commands send few at a time.
    poolMax: 1,
    connectTimeout: 5_000,
    migrateHint: migrate,
  });
}
