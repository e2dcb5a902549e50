import { join } from 'node:path';
import { bundleSettings } from '../bundle/bundle-settings';
import type { BundleSettings } from '../bundle/bundle-settings';
import type { BuildOptions } from '../bundle/build-options';
import type { BundledFile } from '../bundle/files/carried-files';
import { TAGS } from '../workspace/queue-workspace';
import { developmentEnvironment, prepare } from '../command/environment';
import { forgetServedStore, recordServedStore } from '../command/served-store';
import { AppProcesses } from './app-processes';
import { entryCommand } from './entry-command';
import type { ServeAppOptions, ServedProject } from './serve-options';
import { ServeOutput } from './serve-output';
import type { ProcessExit, ServedProcess } from './served-process';
import { Bundling } from './bundling';
import type { BundleCheck, BundleCheckOptions } from './bundle-check';
import { ServedBundles } from './served-bundles';
import { SourceWatcher } from './source-watcher';
import { TypeChecker } from './type-checker';

/** In milliseconds: how long after the start to begin what the application does not need, so that it starts sooner. */
const AFTER_START = 3_000;

/**
 * An application that is served. Changes are taken in one after the other:
 *
 *     change -> registry -> bundle -> stop what runs, wait for its drain -> start
 *
 * A change that comes meanwhile starts over before the last step. What does not compile ends there,
 * and the previous version keeps running.
 */
export class ServedApp {
  private readonly settings: BundleSettings;
  private readonly output: ServeOutput;
  private readonly bundles: ServedBundles;
  private readonly watcher: SourceWatcher;
  private readonly processes: AppProcesses;
  private readonly bundling: Bundling;
  private env: NodeJS.ProcessEnv;
  private typeChecker: TypeChecker | undefined;
  private readonly bundleCheck: BundleCheck | undefined;
  private process: ServedProcess | undefined;
  private cycle: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** What changed since the last bundle was begun. */
  private changed: string | undefined;
  private isStarting = true;
  private isStopping = false;

  constructor(
    private readonly options: ServeAppOptions,
    private readonly project: ServedProject,
    projects: Record<string, ServedProject>,
  ) {
    const { workspaceRoot, project: name, env = process.env } = options;
    this.env = env;
    this.settings = bundleSettings(this.buildOptions(), name, project, workspaceRoot);
    this.output = new ServeOutput(this.folder());
    const settings = { ...this.settings, outputPath: this.output.folder };
    this.bundles = new ServedBundles(settings, this.folder());
    this.processes = new AppProcesses({
      workspaceRoot,
      folder: this.output.folder,
      preload: options.preload ?? true,
      ...(options.args ? { args: options.args } : {}),
      onLine: (line) => {
        options.listener.line(line, 'app');
      },
      onStarted: (pid) => {
        this.output.keepFor(pid);
      },
    });
    this.bundling = new Bundling({
      bundles: this.bundles,
      ...(this.isWorker() ? { registriesOf: { workspaceRoot, projects } } : {}),
      say: (line) => {
        this.say(line);
      },
      onFailed: () => {
        options.listener.failed?.();
      },
      isStopping: () => this.isStopping,
      hasPrevious: () => this.process !== undefined,
    });
    const { readGraph } = options;
    this.bundleCheck =
      readGraph &&
      createBundleCheck({
        settings: this.settings,
        readGraph,
        onLine: (line) => {
          this.say(line);
        },
      });
    this.watcher = new SourceWatcher(
      workspaceRoot,
      (file) => {
        this.changed = file;
        this.takeInChanges();
      },
      (file) => this.bundles.uses(file),
    );
  }

  async start(): Promise<void> {
    const { workspaceRoot, environmentCommand, prepare: commands = [] } = this.options;
    const command = {
      workspaceRoot,
      onLine: (line: string): void => {
        this.say(line);
      },
    };
    this.say(`Starting "${this.options.project}".`);
    const environment = developmentEnvironment(environmentCommand, { ...command, env: this.env });
    const kept = this.bundles.kept();
    const bundled = kept ? Promise.resolve(kept) : this.bundling.bundle();
    const inBundle = bundled.then((files) => this.commandsOf(files));
    const [env, files, toRun] = await Promise.all([
      environment,
      bundled,
      inBundle,
      inBundle.then((commandOf) => this.options.startAfter?.(commandOf)),
      this.watcher.start(),
    ]);
    this.env = env;
    for (const step of commands) await prepare(toRun(step), { ...command, env });
    if (files) await this.run(files);
    this.bundleCheck?.request(this.bundles.imports);
    this.isStarting = false;
    this.takeInChanges();
    const check = (): void => {
      this.startTypeChecker();
      if (this.process) this.processes.prepareNext(this.process, this.env);
      this.bundles.keep();
      if (kept && !this.isStopping && !this.cycle) this.begin(this.bundleAnew());
    };
    if (this.options.startedUp) void this.options.startedUp.then(check);
    else this.timer = setTimeout(check, AFTER_START);
  }

  /** Ends the application, waits until it has finished its work, and ends the watching. */
  async stop(): Promise<void> {
    this.isStopping = true;
    clearTimeout(this.timer);
    this.process?.stop();
    await Promise.all([
      this.process?.exited,
      this.processes.stop(),
      this.typeChecker?.stop(),
      this.bundleCheck?.stop(),
      this.watcher.stop(),
      this.cycle,
    ]);
    this.bundles.keep();
    await this.bundles.dispose();
    this.output.remove();
    forgetServedStore(this.options.workspaceRoot, this.options.project);
  }

  /** Kills the application, without its drain: for a second request to stop. */
  kill(): void {
    this.process?.kill();
  }

  private takeInChanges(): void {
    if (this.isStarting || this.isStopping) return;
    if (this.cycle || this.changed === undefined) return;
    const file = this.changed;
    this.changed = undefined;
    this.begin(this.takeIn(file));
  }

  private begin(cycle: Promise<void>): void {
    this.cycle = cycle.finally(() => {
      this.cycle = undefined;
      this.takeInChanges();
    });
  }

  private async takeIn(file: string): Promise<void> {
    const files = await this.bundling.bundle();
    if (files) await this.run(files, `${file} changed`);
    this.bundles.keep();
    this.bundleCheck?.request(this.bundles.imports);
  }

  /**
   * After a start with the bundle of the last serve: the next change then takes as long as any other. What that
   * bundle could not know, such as another version of this plugin, restarts the application.
   */
  private async bundleAnew(): Promise<void> {
    const files = await this.bundling.bundle();
    if (!files || !this.output.isNew(files)) return;
    await this.run(files, 'The bundle of the last serve is out of date');
    this.bundles.keep();
    this.bundleCheck?.request(this.bundles.imports);
  }

  /** What to run in place of a command, once these files are written. Without a bundle, the command itself. */
  private commandsOf(files: readonly BundledFile[] | undefined): (command: string) => string {
    if (files === undefined) return (step) => step;
    this.output.write(files);
    const bundle = { ...this.settings, outputPath: this.output.folder };
    return (step) => entryCommand(step, bundle);
  }

  private async run(files: readonly BundledFile[], reason?: string): Promise<void> {
    const isNew = this.output.write(files);
    if (!isNew && this.process) return;
    if (reason) this.say(`${reason}: restarting.`);
    this.process?.stop();
    await this.process?.exited;
    this.output.removeOlder();
    if (this.isOutdated()) return;

    const started = this.processes.start(this.env);
    this.process = started;
    if (!this.isStarting) this.processes.prepareNext(started, this.env);
    this.options.listener.started?.();
    if (this.isWorker()) {
      recordServedStore(this.options.workspaceRoot, this.options.project, this.env);
    }
    void started.exited.then((exit) => {
      this.onExit(started, exit);
    });
  }

  /** A method, because both may have changed during an `await`, which the compiler does not see. */
  private isOutdated(): boolean {
    return this.changed !== undefined || this.isStopping;
  }

  private onExit(ended: ServedProcess, { code, wasStopped }: ProcessExit): void {
    if (this.process === ended) this.process = undefined;
    if (wasStopped) return;
    const how = code === undefined ? 'was killed by a signal' : `ended with exit code ${code}`;
    this.say(`"${this.options.project}" ${how}. Waiting for a change.`);
    this.options.listener.exited?.(code);
  }

  private startTypeChecker(): void {
    const { workspaceRoot, typeCheck = true } = this.options;
    if (!typeCheck || this.isStopping) return;
    this.typeChecker = new TypeChecker({
      workspaceRoot,
      tsConfig: this.settings.tsConfig,
      buildInfo: join(this.folder(), 'types.tsbuildinfo'),
      env: this.env,
      bundling: () => this.bundling.state,
      onLine: (line) => {
        this.say(line);
      },
    });
  }

  private isWorker(): boolean {
    return this.project.tags?.includes(TAGS.worker) === true;
  }

  private folder(): string {
    return join(this.options.workspaceRoot, 'dist', 'serve', this.options.project);
  }

  private buildOptions(): BuildOptions {
    const target = this.project.targets?.['build'];
    return this.options.build ?? (target?.options as BuildOptions | undefined) ?? {};
  }

  private say(line: string): void {
    this.options.listener.line(line, 'serve');
  }
}

function createBundleCheck(options: BundleCheckOptions): BundleCheck {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- see ServedBundles
  const check = require('./bundle-check') as typeof import('./bundle-check');
  return new check.BundleCheck(options);
}
