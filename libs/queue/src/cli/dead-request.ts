import { CommandError } from './command.error';

/** The options of `dead`. */
export interface DeadOptions {
  /** Undefined: every job of the command. */
  job?: string;
  /** A number if the argument looks like one. */
  id?: string | number;
  redrive?: boolean;
  remove?: boolean;
  all?: boolean;
  force?: boolean;
  /** Lists cancelled jobs in place of dead ones. */
  cancelled?: boolean;
  json?: boolean;
  /** Jobs per page. @default 50 */
  limit?: number;
  cursor?: string;
}

export interface DeadRequest {
  action: 'list' | 'show' | 'redrive' | 'redrive-all' | 'remove';
  job: string | undefined;
  /** Set if the action is about one job. */
  id: string | undefined;
  force: boolean;
  cancelled: boolean;
  json: boolean;
  limit: number;
  cursor: string | undefined;
}

/** Throws `CommandError` if the options contradict one another. */
export function deadRequest(options: DeadOptions): DeadRequest {
  const { job, force = false, cancelled = false, json = false, limit = 50, cursor } = options;
  if (!Number.isInteger(limit) || limit < 1) {
    throw new CommandError(`--limit must be a whole number of at least 1, and is ${limit}.`);
  }
  const id = options.id === undefined ? undefined : String(options.id);
  const action = actionOf(options, id);
  if (cancelled && action !== 'list')
    throw new CommandError('--cancelled is for the list of jobs.');
  return { action, job, id, force, cancelled, json, limit, cursor };
}

function actionOf(
  { job, redrive = false, remove = false, all = false, force = false }: DeadOptions,
  id: string | undefined,
): DeadRequest['action'] {
  if (redrive && remove) throw new CommandError('Pass either --redrive or --remove, not both.');
  if (all && !redrive) {
    throw new CommandError('--all needs --redrive: --redrive --job=<name> --all');
  }
  if (force && !redrive) throw new CommandError('--force needs --redrive.');
  if (all && id !== undefined) throw new CommandError('Pass either --id or --all, not both.');
  if (all && job === undefined) {
    throw new CommandError('--all needs --job: --redrive --job=<name> --all');
  }
  if (all) return 'redrive-all';
  if (remove && id === undefined) throw new CommandError('--remove needs --id.');
  if (redrive && id === undefined) {
    throw new CommandError('--redrive needs --id, or --job with --all.');
  }
  if (redrive) return 'redrive';
  if (remove) return 'remove';
  return id === undefined ? 'list' : 'show';
}
