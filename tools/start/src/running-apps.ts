import { type ServedApp, type ServedProject, serveApp } from '@tools/queue/serve';
import { serveOptions } from './served-projects';
import type { Preparation } from './preparation';
import { untilReady } from './ready';
import { StartError } from './start.error';
import { type StartedApp, portOf } from './started-app';

export interface RunOptions {
  workspaceRoot: string;
  /** Every project of the workspace, as in Nx. */
  projects: Record<string, ServedProject>;
  env: NodeJS.ProcessEnv;
  /** What the applications wait for once they are bundled. */
  preparation: Preparation;
  lineOf: (project: string) => (line: string) => void;
}

/** The started applications, which can be stopped together in any state. */
export class RunningApps {
  private readonly starting: Promise<ServedApp>[] = [];
  private readonly started: ServedApp[] = [];
  private readonly over = new AbortController();
  /** All are ready: what they did not need for that, such as checking types, begins. */
  allReady: () => void = () => undefined;
  private readonly startedUp = new Promise<void>((resolve) => {
    this.allReady = resolve;
  });

  /**
   * Runs an application, and restarts it whenever its sources change. Resolves once it is ready.
   *
   * @throws StartError if it does not become ready
   */
  async run(app: StartedApp, { lineOf, preparation, ...options }: RunOptions): Promise<void> {
    const { project } = app;
    const line = lineOf(project);
    let ready = false;
    const ended = new Promise<never>((_, reject) => {
      const fail = (what: string): void => {
        if (!ready) reject(new StartError(`${project} ${what}; its output above says why.`));
      };
      const { args, typeCheck } = serveOptions(options.projects, project);
      const serving = serveApp({
        ...options,
        args,
        typeCheck,
        project,
        startedUp: this.startedUp,
        startAfter: (inBundle) => preparation.startAfter(project, inBundle),
        listener: {
          line,
          exited: (code) => {
            fail(
              code === undefined
                ? 'was killed'
                : `ended with exit code ${code} before it was ready`,
            );
          },
          failed: () => {
            fail('does not compile');
          },
        },
      });
      this.starting.push(serving);
      serving.then((served) => this.started.push(served), reject);
    });
    const port = portOf(app, options.env);
    // Without a port its readiness cannot be checked: a started process has to do.
    const settled =
      port === undefined
        ? Promise.all(this.starting).then(() => undefined)
        : untilReady(project, port, this.over.signal);
    await Promise.race([settled, ended]);
    ready = true;
  }

  /** Lets all of them finish their work, and resolves when they have ended. */
  async stop(): Promise<void> {
    this.over.abort();
    await Promise.allSettled(this.starting);
    // Ctrl-C also reaches esbuild's own process, which can then no longer be stopped by a request.
    await Promise.allSettled(this.started.map((app) => app.stop()));
  }

  /** Kills all of them. */
  kill(): void {
    for (const app of this.started) app.kill();
  }
}
