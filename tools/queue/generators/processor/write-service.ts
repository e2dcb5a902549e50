import type { Tree } from '@nx/devkit';
import { PluginError, packageManager } from '../../workspace/index';

/**
 * `--service` was passed, and @nx/nest, whose generator writes the service, is not installed.
 *
 * To do: run `npx nx add @nx/nest`, or leave the option out.
 */
export class ServiceGeneratorMissingError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_SERVICE_GENERATOR_MISSING';

  constructor(cause: unknown) {
    super(`--service needs @nx/nest. Install it: ${packageManager().exec} nx add @nx/nest`, {
      cause,
    });
  }
}

/**
 * Writes an injectable service with the generator of @nx/nest, as `nx g @nx/nest:service` would.
 * It is not added to a module: the processor lists it among its own providers.
 */
export async function writeService(tree: Tree, file: string): Promise<void> {
  const { serviceGenerator } = await loadNestGenerators();
  const options = {
    path: file.replace(/\.service\.ts$/, ''),
    unitTestRunner: 'none',
    skipFormat: true,
    // An option of the Nest schematic that @nx/nest hands on without declaring it.
    skipImport: true,
  } as const;
  await serviceGenerator(tree, options);
}

/** Takes a second to load, so it is loaded only for `--service`. */
async function loadNestGenerators(): Promise<typeof import('@nx/nest')> {
  try {
    return await import('@nx/nest');
  } catch (error) {
    throw new ServiceGeneratorMissingError(error);
  }
}
