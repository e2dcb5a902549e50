import type { BuildContext, OutputFile } from 'esbuild';
import { context } from 'esbuild';
import { bundleErrorFrom } from '../bundle/bundle.error';
import type { BundleSettings } from '../bundle/bundle-settings';
import { decoratorsPlugin } from '../bundle/decorators.plugin';
import { esbuildOptions } from '../bundle/esbuild-options';
import { requiredPackagesPlugin } from './required-packages.plugin';

/**
 * Bundles the workspace's own files of one application, again and again: what did not change since the
 * last time stays in memory. Call `dispose` at the end, or the process does not exit.
 */
export class ServedBundler {
  private readonly settings: BundleSettings;
  private context: Promise<BuildContext<{ write: false }>> | undefined;

  constructor(settings: BundleSettings) {
    this.settings = settings;
  }

  /** Throws `BundleError` with all errors that esbuild found. */
  async bundle(): Promise<readonly OutputFile[]> {
    try {
      this.context ??= context({
        ...esbuildOptions(this.settings),
        sourcemap: 'linked',
        plugins: [decoratorsPlugin(), requiredPackagesPlugin()],
      });
      const { outputFiles } = await (await this.context).rebuild();
      return outputFiles;
    } catch (error) {
      throw bundleErrorFrom(error, this.settings.project);
    }
  }

  async dispose(): Promise<void> {
    await (await this.context)?.dispose();
  }
}
