import { dirname, join } from 'node:path';
import { BundleError } from '../build/bundle.error';
import { bundleSettings } from '../build/bundle-settings';
import type { BuildOptions } from '../build/build-options';
import type { Bundle } from '../build/bundler';
import { Bundler } from '../build/bundler';
import { TAGS } from '../workspace';
import { developmentEnvironment, prepare } from './environment';
import { syncRegistries } from './registry-sync';
import { ServeError } from './serve.error';
import type { ServeAppOptions, ServedProject } from './serve-options';
import { ServeOutput } from './serve-output';
import type { ProcessExit } from './served-process';
import { ServedProcess } from './served-process';
import { SourceWatcher } from './source-watcher';
import { TypeChecker } from './type-checker';

/**
 * Runs an application and restarts it when a source file changes. Resolves once it was started for
 * the first time, or once it is known not to compile; either way it waits for changes from then on.
 * Throws `ServeError` or `BuildError` if it cannot be started at all.
 */
export async function serveApp(options: ServeAppOptions): Promise<ServedApp> {
  const projects = options.projects ?? (await readProjects());
  const project = projects[options.project];
  if (!project) {
    throw new ServeError(
      `There is no project "${options.project}". Projects: ${Object.keys(projects).join(', ')}.`,
    );
  }
  const app = new ServedApp(options, project, projects);
  try {
    await app.start();
  } catch (error) {
    await app.stop();
    throw error;
  }
  return app;
}

/**
 * An application that is served. Changes are taken in one after the other:
 *
 *     change -> registry -> bundle -> stop what runs, wait for its drain -> start
 *
 * A change that comes meanwhile starts over before the last step. What does not compile ends there,
 * and what ran before runs on.
 */
export class ServedApp {
  private readonly output: ServeOutput;
  private readonly bundler: Bundler;
  private readonly watcher: SourceWatcher;
  private env: NodeJS.ProcessEnv;
  private typeChecker: TypeChecker | undefined;
  private process: ServedProcess | undefined;
  private cycle: Promise<void> | undefined;
  private isChanged = false;
  private isStopping = false;

  constructor(
    private readonly options: ServeAppOptions,
    private readonly project: ServedProject,
    private readonly projects: Record<string, ServedProject>,
  ) {
    const { workspaceRoot, project: name, env = process.env } = options;
    this.env = env;
    this.output = new ServeOutput(join(workspaceRoot, 'dist', 'serve', name));
    this.bundler = new Bundler({
      ...bundleSettings(this.buildOptions(), name, project, workspaceRoot),
      outputPath: this.output.folder,
    });
    this.watcher = new SourceWatcher(workspaceRoot, () => {
      this.isChanged = true;
      this.takeInChanges();
    });
  }

  async start(): Promise<void> {
    const { workspaceRoot, environmentCommand, prepare: commands = [] } = this.options;
    const command = {
      workspaceRoot,
      onLine: (line: string): void => {
        this.say(line);
      },
    };
    const environment = developmentEnvironment(environmentCommand, { ...command, env: this.env });
    const [env, bundle] = await Promise.all([environment, this.bundle(), this.watcher.start()]);
    this.env = env;
    for (const step of commands) await prepare(step, { ...command, env });
    if (bundle) await this.run(bundle);
    this.startTypeChecker();
    this.takeInChanges();
  }

  /** Ends the application, waits until it has finished its work, and ends the watching. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.process?.stop();
    await Promise.all([
      this.process?.exited,
      this.typeChecker?.stop(),
      this.watcher.stop(),
      this.cycle,
    ]);
    await this.bundler.dispose();
    this.output.remove();
  }

  /** Ends the application at once, without its drain. For a person who asks a second time. */
  kill(): void {
    this.process?.kill();
  }

  private takeInChanges(): void {
    if (this.cycle || !this.isChanged || this.isStopping) return;
    this.isChanged = false;
    this.cycle = this.bundle()
      .then((bundle) => (bundle ? this.run(bundle) : undefined))
      .finally(() => {
        this.cycle = undefined;
        this.takeInChanges();
      });
  }

  /** `undefined`: the sources do not compile, which has been shown. */
  private async bundle(): Promise<Bundle | undefined> {
    const { workspaceRoot, listener } = this.options;
    if (this.project.tags?.includes(TAGS.worker)) {
      for (const line of syncRegistries(workspaceRoot, this.projects)) this.say(line);
    }
    try {
      return await this.bundler.bundle();
    } catch (error) {
      if (!(error instanceof BundleError)) throw error;
      for (const line of (await error.format(true)).split('\n')) this.say(line);
      this.say(
        `${error.message} ${this.process ? 'What ran before runs on.' : ''} Waiting for a change.`,
      );
      listener.failed?.();
      return undefined;
    }
  }

  private async run(bundle: Bundle): Promise<void> {
    const isNew = this.output.write(bundle.files);
    if (!isNew && this.process) return;
    if (this.process) {
      this.say('Changed: restarting.');
      this.process.stop();
      await this.process.exited;
    }
    this.output.removeOlder();
    // Read through a method: both change while the code above waits.
    if (this.isOutdated()) return;

    const started = new ServedProcess({
      main: join(this.output.folder, 'main.js'),
      cwd: this.options.workspaceRoot,
      env: this.env,
      ...(this.options.args ? { args: this.options.args } : {}),
      onLine: (line) => {
        this.options.listener.line(line, 'app');
      },
    });
    this.process = started;
    this.options.listener.started?.();
    void started.exited.then((exit) => {
      this.onExit(started, exit);
    });
  }

  private isOutdated(): boolean {
    return this.isChanged || this.isStopping;
  }

  private onExit(ended: ServedProcess, { code, wasStopped }: ProcessExit): void {
    if (this.process === ended) this.process = undefined;
    if (wasStopped) return;
    const how = code === undefined ? 'was killed by a signal' : `ended with exit code ${code}`;
    this.say(`"${this.options.project}" ${how}. Waiting for a change.`);
    this.options.listener.exited?.(code);
  }

  private startTypeChecker(): void {
    const { workspaceRoot, project, typeCheck = true } = this.options;
    if (!typeCheck || this.isStopping) return;
    this.typeChecker = new TypeChecker({
      workspaceRoot,
      tsConfig: bundleSettings(this.buildOptions(), project, this.project, workspaceRoot).tsConfig,
      buildInfo: join(dirname(this.output.folder), 'types.tsbuildinfo'),
      env: this.env,
      onLine: (line) => {
        this.say(line);
      },
    });
  }

  private buildOptions(): BuildOptions {
    return (
      this.options.build ??
      (this.project.targets?.['build']?.options as BuildOptions | undefined) ??
      {}
    );
  }

  private say(line: string): void {
    this.options.listener.line(line, 'serve');
  }
}

/** Asks Nx. Imported late: whoever has the projects already need not load it. */
async function readProjects(): Promise<Record<string, ServedProject>> {
  const { createProjectGraphAsync, readProjectsConfigurationFromProjectGraph } =
    await import('@nx/devkit');
  const graph = await createProjectGraphAsync({ exitOnError: false });
  return readProjectsConfigurationFromProjectGraph(graph).projects;
}
