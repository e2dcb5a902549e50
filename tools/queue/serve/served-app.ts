import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BundleError } from '../bundle/bundle.error';
import { bundleSettings } from '../bundle/bundle-settings';
import type { BundleSettings } from '../bundle/bundle-settings';
import type { BuildOptions } from '../bundle/build-options';
import type { BundledFile } from '../bundle/files/carried-files';
import { hasColors } from '../terminal/has-colors';
import { TAGS } from '../workspace/queue-workspace';
import { developmentEnvironment, prepare } from '../command/environment';
import { forgetServedStore, recordServedStore } from '../command/served-store';
import { entryCommand } from './entry-command';
import type { ServeAppOptions, ServedProject } from './serve-options';
import { ServeOutput } from './serve-output';
import type { ProcessExit } from './served-process';
import type { BundleCheck, BundleCheckOptions } from './bundle-check';
import { ServedBundles } from './served-bundles';
import { ServedProcess } from './served-process';
import { SourceWatcher } from './source-watcher';
import { TypeChecker } from './type-checker';

/** In milliseconds: how much later than another process of its group this one may hear of a signal. */
const STOP_DELAY = 200;

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
  private isBundled = true;
  private failures = 0;
  private knownProblems: readonly string[] = [];

  constructor(
    private readonly options: ServeAppOptions,
    private readonly project: ServedProject,
    private readonly projects: Record<string, ServedProject>,
  ) {
    const { workspaceRoot, project: name, env = process.env } = options;
    this.env = env;
    this.settings = bundleSettings(this.buildOptions(), name, project, workspaceRoot);
    this.output = new ServeOutput(this.folder());
    const settings = { ...this.settings, outputPath: this.output.folder };
    this.bundles = new ServedBundles(settings, this.folder());
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
    const bundled = kept ? Promise.resolve(kept) : this.bundle();
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
      this.typeChecker?.stop(),
      this.bundleCheck?.stop(),
      this.watcher.stop(),
      this.cycle,
    ]);
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
    const files = await this.bundle();
    if (files) await this.run(files, `${file} changed`);
    this.bundleCheck?.request(this.bundles.imports);
  }

  /**
   * After a start with the bundle of the last serve: the next change then takes as long as any other. What that
   * bundle could not know, such as another version of this plugin, restarts the application.
   */
  private async bundleAnew(): Promise<void> {
    const files = await this.bundle();
    if (!files || !this.output.isNew(files)) return;
    await this.run(files, 'The bundle of the last serve is out of date');
    this.bundleCheck?.request(this.bundles.imports);
  }

  /** `undefined`: the sources do not compile, which has been shown. */
  private async bundle(): Promise<readonly BundledFile[] | undefined> {
    if (this.isWorker()) this.syncRegistries();
    try {
      const files = await this.bundles.bundle();
      this.isBundled = true;
      return files;
    } catch (error) {
      if (!(error instanceof BundleError)) {
        // Ctrl-C ends the bundler's own process as well, and maybe before this one hears of it.
        await delay(STOP_DELAY);
        if (this.isStopping) return undefined;
        throw error;
      }
      this.isBundled = false;
      this.failures += 1;
      for (const line of (await error.format(hasColors())).split('\n')) this.say(line);
      const runsOn = this.process ? 'The previous version keeps running. ' : '';
      this.say(`${error.message} ${runsOn}Waiting for a change.`);
      this.options.listener.failed?.();
      return undefined;
    }
  }

  /** A problem that only a person can fix is shown once, and not again at each change. */
  private syncRegistries(): void {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- see ServedBundles
    const { syncRegistries } = require('./registry-sync') as typeof import('./registry-sync');
    const { changes, problems } = syncRegistries(this.options.workspaceRoot, this.projects);
    for (const line of [...changes, ...problems]) {
      if (!this.knownProblems.includes(line)) this.say(line);
    }
    this.knownProblems = problems;
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

    const started = new ServedProcess({
      main: join(this.output.folder, 'main.js'),
      cwd: this.options.workspaceRoot,
      env: this.env,
      ...(this.options.args ? { args: this.options.args } : {}),
      onLine: (line) => {
        this.options.listener.line(line, 'app');
      },
      onStarted: (pid) => {
        this.output.keepFor(pid);
      },
    });
    this.process = started;
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
      bundling: () => ({ isBundled: this.isBundled, failures: this.failures }),
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
