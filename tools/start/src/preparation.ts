import type { ServedProject } from '@tools/queue/serve';
import { serveOptions } from './served-projects';
import type { StartedApp } from './started-app';

/** What to run in place of a command, as `ServeAppOptions.startAfter` gets it. */
type InBundle = (command: string) => string;

/** The part of the options of a target `build` that names what else is in the bundle. */
interface BuildOptions {
  additionalEntryPoints?: readonly string[];
}

/**
 * The commands to run once, in order, before any of the applications starts, such as applying migrations. A command that runs
 * an entry point of one of them waits for its bundle, and runs that.
 */
export class Preparation {
  /** Resolves when all commands have ended well. */
  readonly done: Promise<void>;
  private readonly bundled = new Map<string, PromiseWithResolvers>();
  private readonly cancelled = withResolvers<never>();

  /** @param run runs a command; rejects if it fails */
  constructor(
    private readonly projects: Readonly<Record<string, ServedProject>>,
    private readonly apps: readonly StartedApp[],
    run: (command: string) => Promise<void>,
  ) {
    for (const { project } of apps) this.bundled.set(project, withResolvers());
    this.cancelled.promise.catch(() => undefined);
    this.done = this.runAll(run);
    // An application that cannot be bundled does not get as far as waiting for it.
    this.done.catch(() => undefined);
  }

  /** For the option `startAfter` of an application. */
  async startAfter(project: string, inBundle: InBundle): Promise<void> {
    this.bundled.get(project)?.resolve(inBundle);
    await this.done;
  }

  /** No command begins any more. */
  cancel(reason: Error): void {
    this.cancelled.reject(reason);
  }

  private async runAll(run: (command: string) => Promise<void>): Promise<void> {
    const commands = this.apps.flatMap(
      ({ project }) => serveOptions(this.projects, project).prepare ?? [],
    );
    for (const command of new Set(commands)) {
      const inBundle = await Promise.race([this.bundleWith(command), this.cancelled.promise]);
      await run(inBundle(command));
    }
  }

  /** Of the first application that has an entry point which the command names. */
  private async bundleWith(command: string): Promise<InBundle> {
    const words = new Set(command.split(' '));
    const owner = this.apps.find(({ project }) => {
      const build = this.projects[project]?.targets?.['build'];
      const { additionalEntryPoints = [] } = (build?.options ?? {}) as BuildOptions;
      return additionalEntryPoints.some((path) => words.has(path));
    });
    return (await (owner && this.bundled.get(owner.project))?.promise) ?? ((step) => step);
  }
}

interface Resolvers<Value> {
  promise: Promise<Value>;
  resolve: (value: Value) => void;
  reject: (reason: Error) => void;
}
type PromiseWithResolvers = Resolvers<InBundle>;

function withResolvers<Value>(): Resolvers<Value> {
  let resolve: Resolvers<Value>['resolve'] = () => undefined;
  let reject: Resolvers<Value>['reject'] = () => undefined;
  const promise = new Promise<Value>((...settle) => {
    [resolve, reject] = settle;
  });
  return { promise, resolve, reject };
}
