import type { ExecutorContext, ProjectGraph } from '@nx/devkit';

type Executor<Options> = (
  options: Options,
  context: ExecutorContext,
) => Promise<{ success: boolean }>;

export interface ExecutorRun {
  success: boolean;
  output: string;
  errors: string;
}

/** Runs an executor in this process, as Nx does, and returns what it prints. */
export async function runExecutor<Options>(
  executor: Executor<Options>,
  options: Options,
  {
    root,
    projectName,
    projectGraph,
  }: { root: string; projectName: string; projectGraph: ProjectGraph },
): Promise<ExecutorRun> {
  const printed = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    jest.spyOn(process[name], 'write').mockImplementation((chunk) => {
      printed[name] += String(chunk);
      return true;
    }),
  );
  try {
    const { success } = await executor(options, {
      root,
      cwd: root,
      isVerbose: false,
      projectName,
      projectGraph,
      projectsConfigurations: { version: 2, projects: {} },
      nxJsonConfiguration: {},
    });
    return { success, output: printed.stdout, errors: printed.stderr };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
