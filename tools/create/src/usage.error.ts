/** A command line that cannot be understood. The message says what it should be. */
export class UsageError extends Error {
  constructor(what: string) {
    super(`${what}\n\n${USAGE}`);
    this.name = 'UsageError';
  }
}

export const USAGE = `npm create nx-job-queue my-app

  my-app       the name of the workspace, and of its folder
  --pm=npm     the package manager: npm, pnpm, yarn or bun (default: the one that runs this)
  --skip-git   make no git repository`;
