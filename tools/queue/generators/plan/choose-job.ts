import type { CommonOptions } from '@clack/prompts';
import {
  listContracts,
  PLUGIN_NAME,
  type QueueWorkspace,
  packageManager,
} from '../../workspace/index';
import { CancelledError, isInteractive, NameMissingError } from './interactive';

/** Where answers come from, if not from the terminal of this process. */
export type Terminal = Pick<CommonOptions, 'input' | 'output'>;

/** What is asked about a job that exists. */
export interface JobQuestion {
  /** `Which job moves?` */
  message: string;
  /** What one writes after `nx g @tools/queue:`, for a process without a terminal: `move thumbnail`. */
  example: string;
  /** Which jobs may be chosen. @default all */
  jobs?: readonly string[];
}

/**
 * The name that was passed, or the answer to which job of the workspace is meant.
 *
 * @param terminal to ask on; by default that of this process, if it has one
 * @throws NameMissingError if there is none
 * @throws CancelledError
 */
export async function chooseJob(
  workspace: QueueWorkspace,
  given: string | undefined,
  { message, example, jobs }: JobQuestion,
  terminal?: Terminal,
): Promise<string> {
  if (given !== undefined) return given;
  const known = jobs ?? listContracts(workspace).flatMap(({ name }) => name ?? []);
  if ((terminal === undefined && !isInteractive()) || known.length === 0) {
    throw missingName(example);
  }
  const { isCancel, select } = await import('@clack/prompts');
  const options = [...known].sort().map((value) => ({ value }));
  const chosen = await select({ message, options, ...terminal });
  if (isCancel(chosen)) throw new CancelledError();
  return chosen;
}

export function missingName(example: string): NameMissingError {
  return new NameMissingError(`${packageManager().exec} nx g ${PLUGIN_NAME}:${example}`);
}
