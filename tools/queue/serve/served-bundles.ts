import type { BundleSettings } from '../bundle/bundle-settings';
import type { BundledFile } from '../bundle/files/carried-files';
import { KeptBundle, type ServedBundle } from './kept-bundle';
import type { ServedBundler } from './served-bundler';

/**
 * The bundles of a served application: the first may be the one that the last serve has left, all others are made
 * from the sources as they are. A compiler is loaded for the first bundle that is made.
 */
export class ServedBundles {
  private readonly keptBundle: KeptBundle;
  private bundler: ServedBundler | undefined;
  private last: ServedBundle | undefined;
  private isKept = true;

  /** @param folder where bundles are kept from one serve to the next */
  constructor(
    private readonly settings: BundleSettings,
    folder: string,
  ) {
    this.keptBundle = new KeptBundle(folder, settings);
  }

  /** The bundle of the last serve; undefined if there is none or its sources have changed. */
  kept(): readonly BundledFile[] | undefined {
    this.last = this.keptBundle.read();
    return this.last?.files;
  }

  /** Bundles the sources as they are. Throws `BundleError` with all errors that were found. */
  async bundle(): Promise<readonly BundledFile[]> {
    this.bundler ??= createBundler(this.settings);
    this.last = await this.bundler.bundle();
    this.isKept = false;
    return this.last.files;
  }

  /** Keeps the last bundle for the next serve: the application that is to run it need not wait for that. */
  keep(): void {
    if (this.isKept || this.last === undefined) return;
    this.keptBundle.write(this.last);
    this.isKept = true;
  }

  /** Stands for all that the sources of the last bundle import, and refer to by a path. */
  get imports(): string {
    return this.last?.imports ?? '';
  }

  /** Whether a file, relative to the workspace root, is part of the last bundle, or new in a folder of it. */
  uses(file: string): boolean {
    const used = this.last?.used ?? [];
    return used.some((path) => file === path || file.startsWith(`${path}/`));
  }

  /** Without it the process does not exit. */
  async dispose(): Promise<void> {
    await this.bundler?.dispose();
  }
}

function createBundler(settings: BundleSettings): ServedBundler {
  // By `require`, because `npm start` runs on tsx, which loads no TypeScript by `import()` there.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const bundler = require('./served-bundler') as typeof import('./served-bundler');
  return new bundler.ServedBundler(settings);
}
