/** By themselves these would end the process with 143 or 130, as if it had been killed at its work. */
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Ends the process with exit code 0 on a signal that comes before the application is loaded: nothing has begun that
 * could be stopped. Imports nothing, so that it is there before everything else: call it first, and load the
 * application by `import()`.
 *
 * @returns a function after which `stopOnSignal` has to be called in the same tick. The handlers stay, and do nothing:
 * a signal that has come while the application was loaded would be lost with the last of them.
 */
export function endOnEarlySignal(): () => void {
  let isTakenOver = false;
  const end = (signal: NodeJS.Signals): void => {
    if (isTakenOver) return;
    process.stdout.write(`${signal}: stopped before the start. No work had begun.\n`, () => {
      process.exit(0);
    });
  };
  for (const signal of SIGNALS) process.on(signal, end);
  return () => {
    isTakenOver = true;
  };
}
