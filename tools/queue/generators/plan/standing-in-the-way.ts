import { PluginError } from '../../workspace/index';
import type { FileReference } from './file-references';
import type { Selection } from './processor-variables';

/** How many places are listed of one kind. */
const LIMIT = 20;

/** Places of a workspace, and what is the matter with them. */
export interface Obstacle {
  /** What the places have in common, and what to do about them. */
  reason: string;
  /** `file:line …`; none if the reason says all. */
  places: readonly string[];
}

/**
 * A job cannot be moved, renamed or removed, because something uses it that cannot follow. Nothing was written.
 *
 * To do: change each place as the message says, or pass `--force` if it may break.
 */
export class JobInUseError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_JOB_IN_USE';
  readonly obstacles: readonly Obstacle[];

  constructor(what: string, obstacles: readonly Obstacle[], force: string) {
    super(`${what} Nothing was written.\n${describeObstacles(obstacles)}\n${force}`);
    this.obstacles = obstacles;
  }
}

/** As a list, one place a line. */
export function describeObstacles(obstacles: readonly Obstacle[]): string {
  return obstacles
    .map(({ reason, places }) => {
      const shown = places.slice(0, LIMIT).map((place) => `\n    ${place}`);
      const more = places.length > LIMIT ? `\n    … and ${places.length - LIMIT} more` : '';
      return `- ${reason}${shown.join('')}${more}`;
    })
    .join('\n');
}

/** As places of an obstacle, each once. */
export function placesOf(references: readonly Pick<FileReference, 'from' | 'line'>[]): string[] {
  return [...new Set(references.map(({ from, line }) => `${from}:${line}`))];
}

/** As places of an obstacle. */
export function selectionPlaces(selections: readonly Selection[]): string[] {
  return selections.map(
    ({ file, line, variable, jobs }) => `${file}:${line}  ${variable}=${jobs.join(',')}`,
  );
}
