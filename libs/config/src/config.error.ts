import { UserFacingError } from './user-facing.error';

/** One variable that cannot be used, and why. Its value is never kept: it may hold a password. */
export interface ConfigProblem {
  /** The environment variable. */
  name: string;
  /** What is wrong with it and what is expected. */
  problem: string;
  /** What the variable is for. */
  description: string;
}

/** The environment does not satisfy the configuration. Lists every bad variable at once. */
export class ConfigError extends UserFacingError {
  constructor(readonly problems: readonly ConfigProblem[]) {
    const lines = problems.map(
      ({ name, problem, description }) => `  ${name}: ${problem}\n    ${description}`,
    );
    const count = problems.length === 1 ? '1 variable is' : `${problems.length} variables are`;
    super(
      `The configuration cannot be used, ${count} wrong:\n${lines.join('\n')}\n` +
        'Set them in the environment; docs/reference/configuration.md lists all of them.',
    );
  }
}
