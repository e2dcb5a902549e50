/** What Nx wants to know from an executor. */
export interface ExecutorResult {
  success: boolean;
}

/**
 * Runs the work of an executor, which resolves to whether it succeeded. An error that is written for a person
 * (`userFacing`) is shown by its message alone. Any other one is a defect: Nx shows it with its stack.
 */
export async function executorResult(
  work: () => boolean | Promise<boolean>,
): Promise<ExecutorResult> {
  try {
    return { success: await work() };
  } catch (error) {
    if (!(error instanceof Error && 'userFacing' in error)) throw error;
    process.stderr.write(`${error.message}\n`);
    return { success: false };
  }
}
