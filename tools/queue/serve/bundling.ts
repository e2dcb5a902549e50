import { setTimeout as delay } from 'node:timers/promises';
import { BundleError } from '../bundle/bundle.error';
import type { BundledFile } from '../bundle/files/carried-files';
import { hasColors } from '../terminal/has-colors';
import type { ProjectEntry } from '../workspace/index';
import type { ServedBundles } from './served-bundles';
import type { BundlingState } from './type-checker';

/** In milliseconds: how much later than another process of its group this one may hear of a signal. */
const STOP_DELAY = 200;

export interface BundlingOptions {
  readonly bundles: ServedBundles;
  /** The workspace whose registries are brought up to date before; of a worker. */
  readonly registriesOf?: {
    readonly workspaceRoot: string;
    readonly projects: Readonly<Record<string, ProjectEntry>>;
  };
  readonly say: (line: string) => void;
  readonly onFailed: () => void;
  readonly isStopping: () => boolean;
  /** Whether a previous version of the application runs. */
  readonly hasPrevious: () => boolean;
}

/** Bundles the sources of a served application, and shows what keeps them from it. */
export class Bundling {
  private isBundled = true;
  private failures = 0;
  private knownProblems: readonly string[] = [];

  constructor(private readonly options: BundlingOptions) {}

  get state(): BundlingState {
    const { isBundled, failures } = this;
    return { isBundled, failures };
  }

  /** @returns undefined if the sources do not compile, which has been shown */
  async bundle(): Promise<readonly BundledFile[] | undefined> {
    const { bundles, say, hasPrevious, onFailed, isStopping } = this.options;
    this.syncRegistries();
    try {
      const files = await bundles.bundle();
      this.isBundled = true;
      return files;
    } catch (error) {
      if (!(error instanceof BundleError)) {
        // Ctrl-C ends the bundler's own process as well, and maybe before this one hears of it.
        await delay(STOP_DELAY);
        if (isStopping()) return undefined;
        throw error;
      }
      this.isBundled = false;
      this.failures += 1;
      for (const line of (await error.format(hasColors())).split('\n')) say(line);
      const runsOn = hasPrevious() ? 'The previous version keeps running. ' : '';
      say(`${error.message} ${runsOn}Waiting for a change.`);
      onFailed();
      return undefined;
    }
  }

  /** A problem that only a person can fix is shown once, and not again at each change. */
  private syncRegistries(): void {
    const { registriesOf, say } = this.options;
    if (registriesOf === undefined) return;
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- see ServedBundles
    const { syncRegistries } = require('./registry-sync') as typeof import('./registry-sync');
    const { changes, problems } = syncRegistries(registriesOf.workspaceRoot, registriesOf.projects);
    for (const line of [...changes, ...problems]) {
      if (!this.knownProblems.includes(line)) say(line);
    }
    this.knownProblems = problems;
  }
}
