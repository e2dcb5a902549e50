import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the Dockerfile of a built app says to do, without a Docker: the tests do the same. */
export interface ImageSteps {
  /** Installs the packages. */
  readonly install: string[];
  /** Starts the app. */
  readonly start: string[];
  /** Exits with 0 as long as the app lives. */
  readonly healthCheck: string[];
}

/** Reads the Dockerfile in the folder of a built app. */
export function imageSteps(folder: string): ImageSteps {
  const text = readFileSync(join(folder, 'Dockerfile'), 'utf8');
  const step = (pattern: RegExp): string => {
    const found = pattern.exec(text)?.[1];
    if (found === undefined)
      throw new Error(`${folder}/Dockerfile has nothing like ${pattern.source}`);
    return found;
  };
  return {
    install: step(/^RUN (npm ci .*)$/m).split(' '),
    start: JSON.parse(step(/^CMD (\[.*\])$/m)) as string[],
    healthCheck: JSON.parse(step(/^HEALTHCHECK .* CMD (\[.*\])$/m)) as string[],
  };
}
