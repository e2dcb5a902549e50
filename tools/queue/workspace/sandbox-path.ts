import type { Project } from './queue-workspace';

/**
 * The source of what the sandboxes of a worker's isolated processors run. Like `main.ts` it is an entry of
 * the application, and is bundled where it exists: `sandbox.js` beside `main.js`.
 */
export function sandboxPath({ sourceRoot }: Pick<Project, 'sourceRoot'>): string {
  return `${sourceRoot}/sandbox.ts`;
}
