import { ServicesError } from './services.error';
import type { ServicePaths } from './service-paths';

/**
 * The folder of the services cannot be created, read or written.
 *
 * To do: give this user access to `.services`, or move it aside.
 *
 * @group Development services
 */
export class ServicesFolderError extends ServicesError {
  override readonly code = 'SERVICES_FOLDER';
}

const DENIED = new Set(['EACCES', 'EPERM', 'EROFS']);

/**
 * Runs `work`, and turns file system errors into a sentence with a way out. Central, because access to any
 * file below `.services` may be refused.
 */
export async function explainFileErrors<T>(
  paths: ServicePaths,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw new ServicesFolderError(
        `The disk is full: ${message}. Free some space and run the command again.`,
        { cause: error },
      );
    }
    if (code === 'ENOTDIR' || code === 'EEXIST') {
      throw new ServicesFolderError(
        `The services keep their data in the folder ${paths.folder}, and a file is in its way: ${message}. Move it away.`,
        { cause: error },
      );
    }
    if (code === undefined || !DENIED.has(code)) throw error;
    throw new ServicesFolderError(
      `The services keep their data and processes in ${paths.folder}, and you may not use it: ${message}. ` +
        `If another user has made it, stop the services as that user (npx nx run services:down), then ` +
        `make it yours: sudo chown -R "$(id -un)" ${paths.folder}. Or set DATABASE_URL and SMTP_URL to services of your own.`,
      { cause: error },
    );
  }
}
