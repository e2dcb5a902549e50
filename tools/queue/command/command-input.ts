import { readFile } from 'node:fs/promises';
import { type ServedStore, servedElsewhere } from './served-store';
import { PluginError } from '../workspace/plugin.error';

/**
 * A command of a worker does not know where the queues are.
 *
 * To do: set QUEUE_URL or DATABASE_URL, or set `environmentCommand` in the options of the target to a command
 * that prints one of them.
 */
export class NoQueueStoreError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_NO_QUEUE_STORE';

  constructor() {
    super(
      'No queue store configured. Set QUEUE_URL or DATABASE_URL, or set "environmentCommand" ' +
        'in the options of the target to a command that prints one of them.',
    );
  }
}

/**
 * A command of a worker cannot read the password of the queue store.
 *
 * To do: correct the path in the variable that the message names, or allow your account to read the file.
 */
export class PasswordFileError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_PASSWORD_FILE';

  constructor(variable: string, file: string, cause: unknown) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'which does not exist' : `which cannot be read (${code})`;
    super(
      `${variable} names ${file}, ${reason}. Correct the path, or allow this account to read it.`,
      {
        cause,
      },
    );
  }
}

/** What the runtime gets for a command: its `CommandInput`. */
export interface StoreInput {
  readonly url: string;
  readonly password: string | undefined;
  readonly sentinelPassword: string | undefined;
  readonly replicas: string | undefined;
  readonly servedElsewhere: readonly ServedStore[];
  readonly command: string;
  readonly startWorker: string;
  readonly migrate: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Throws `NoQueueStoreError` or `PasswordFileError`. */
export async function commandInput(
  workspaceRoot: string,
  env: NodeJS.ProcessEnv,
  rest: Pick<StoreInput, 'command' | 'startWorker' | 'migrate' | 'options'>,
): Promise<StoreInput> {
  const url = env['QUEUE_URL'] || env['DATABASE_URL'];
  if (!url) throw new NoQueueStoreError();
  const ofDatabase = env['QUEUE_URL'] ? undefined : 'DATABASE_PASSWORD_FILE';
  const variable = env['QUEUE_PASSWORD_FILE'] ? 'QUEUE_PASSWORD_FILE' : ofDatabase;
  return {
    url,
    password: await passwordIn(env, variable),
    sentinelPassword: await passwordIn(env, 'QUEUE_SENTINEL_PASSWORD_FILE'),
    replicas: env['QUEUE_REPLICAS'],
    servedElsewhere: servedElsewhere(workspaceRoot, env),
    ...rest,
  };
}

/** The process that is started is a short one, so it is enough to read the file once. */
async function passwordIn(
  env: NodeJS.ProcessEnv,
  variable: string | undefined,
): Promise<string | undefined> {
  const file = variable && env[variable];
  if (!variable || !file) return undefined;
  try {
    return (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
  } catch (error) {
    throw new PasswordFileError(variable, file, error);
  }
}
