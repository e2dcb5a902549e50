import { type Page, readPage } from './markdown';
import { readText, workspaceFiles } from './workspace';

export interface NamedPage extends Page {
  /** Relative to the root of the workspace. */
  readonly path: string;
}

/** Every page that a reader of this workspace is pointed to. */
export function pages(): NamedPage[] {
  return workspaceFiles('*.md', ':!findings', ':!.github')
    .filter((path) => !path.includes('/') || path.startsWith('docs/'))
    .map((path) => ({ path, ...readPage(readText(path)) }));
}
