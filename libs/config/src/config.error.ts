import { existsSync } from 'node:fs';
import { UserFacingError } from './coded.error';

/** An invalid variable, and why. Its value is never kept: it may contain a password. */
export interface ConfigProblem {
  /** The environment variable. */
  name: string;
  /** What is wrong with it, and what is expected. */
  problem: string;
  /** What the variable is for. */
  description: string;
}

/**
 * The environment does not satisfy the configuration. The message lists every invalid variable at once.
 *
 * To do: set the variables that the message lists.
 *
 * @group Starting a process
 */
export class ConfigError extends UserFacingError {
  readonly code = 'CONFIG';

  /** @param documentedIn where a person finds all variables, if that file is there */
  constructor(
    readonly problems: readonly ConfigProblem[],
    documentedIn?: string,
  ) {
    const lines = problems.map(
      ({ name, problem, description }) => `  ${name}: ${problem}\n    ${description}`,
    );
    const count =
      problems.length === 1
        ? '1 environment variable is'
        : `${problems.length} environment variables are`;
    super([`${count} invalid:`, ...lines, remedyOf(documentedIn)].join('\n'));
  }
}

function remedyOf(documentedIn: string | undefined): string {
  // A built application has no pages beside it.
  const isThere = documentedIn !== undefined && existsSync(documentedIn);
  const where = isThere ? `; ${documentedIn} lists all variables.` : '.';
  return `Set them in the environment${where}`;
}
