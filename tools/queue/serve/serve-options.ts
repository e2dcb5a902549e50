import type { ProjectGraph } from '@nx/devkit';
import type { BuildOptions } from '../bundle/build-options';

/** The options of the `serve` executor, as schema.json describes them. */
export interface ServeOptions {
  buildTarget?: string;
  environmentCommand?: string;
  prepare?: string[];
  args?: string[];
  typeCheck?: boolean;
  checkBundle?: boolean;
  preload?: boolean;
}

/** What happens while an application is served. */
export interface ServeListener {
  /** A line to show: of the application, or of serve itself. */
  line(line: string, source: 'app' | 'serve'): void;
  /** The application's process was started: for the first time, or again after a change. */
  started?(): void;
  /** The application ended by itself. A change of the sources starts it again. */
  exited?(code: number | undefined): void;
  /** The sources do not compile. The previous version keeps running. */
  failed?(): void;
}

export interface ServeAppOptions extends Omit<ServeOptions, 'buildTarget' | 'checkBundle'> {
  workspaceRoot: string;
  project: string;
  /** Every project of the workspace, by name. Default: asked from Nx, which takes about a second. */
  projects?: Record<string, ServedProject>;
  /** The options of the project's build target. Default: those in `projects`. */
  build?: BuildOptions;
  /** Reads the project graph, to say what a build would refuse. Default: nothing is said. */
  readGraph?: () => Promise<ProjectGraph>;
  /**
   * Called when the application is bundled; it starts when the promise resolves. Default: nothing is waited for.
   *
   * @param inBundle what to run in place of a command that compiles and runs one of the entry points
   */
  startAfter?: (inBundle: (command: string) => string) => Promise<void>;
  /**
   * When to begin what the application does not need, such as checking its types: it would take its processor time from it.
   * Default: three seconds after the application was started.
   */
  startedUp?: Promise<void>;
  /** Default: the environment of this process. */
  env?: NodeJS.ProcessEnv;
  listener: ServeListener;
}

/** The part of Nx's `ProjectConfiguration` that is used here. */
export interface ServedProject {
  root: string;
  sourceRoot?: string;
  tags?: string[];
  targets?: Record<string, { options?: unknown } | undefined>;
}
