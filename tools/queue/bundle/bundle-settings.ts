import { existsSync } from 'node:fs';
import { join, parse } from 'node:path';
import { parseBytes } from '../terminal/parse-bytes';
import { PluginError } from '../workspace/plugin.error';
import { TAGS } from '../workspace/queue-workspace';
import { sandboxPath } from '../workspace/sandbox-path';
import type { AllowOptions } from './allow-options';
import { problemOfEntry } from './allow-options';
import type { BuildOptions, ImageOptions } from './build-options';
import { findPackage } from './npm-package';
import { packageManager } from '../workspace/package-manager';

/** What to bundle and how, with every default filled in. Paths are absolute. */
export interface BundleSettings {
  workspaceRoot: string;
  project: string;
  /** Name of each file that one runs with node, without its ending, and the source it starts from. */
  entryPoints: Record<string, string>;
  outputPath: string;
  tsConfig: string;
  external: readonly string[];
  include: readonly string[];
  leaveOut: readonly string[];
  define: Record<string, string>;
  minify: boolean;
  sourceMap: boolean;
  /** Projects with one of these tags may not be bundled. */
  forbiddenTags: readonly string[];
  /** What may break a rule of the guard for a while. */
  allow: readonly AllowOptions[];
  /** Undefined if no Dockerfile is wanted. */
  image?: ImageOptions | undefined;
  budget?: SizeBudget;
  /** Whether a file of Nest's and BullMQ's is loaded only when a name that it exports is used. */
  deferReexports?: boolean | undefined;
}

/** The most that a bundle may weigh, in bytes. */
export interface SizeBudget {
  /** All files without source maps. */
  maxSize?: number | undefined;
  /** What a process reads at its start. */
  maxStartSize?: number | undefined;
}

/** The part of Nx's `ProjectConfiguration` that the defaults come from. */
export interface ProjectLocation {
  root: string;
  sourceRoot?: string;
  tags?: string[];
}

/**
 * The options of a build target, or their defaults, name a file that does not exist, two entry points that
 * would be written to the same file, a size that is none, or an incomplete entry of `allow`.
 *
 * To do: create or rename the file, or set the option that the message names in the project's project.json.
 */
export class BuildOptionsError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_BUILD_OPTIONS';

  constructor(project: string, problem: string, remedy: string) {
    super(`"${project}" cannot be bundled: ${problem}. ${remedy}`);
  }
}

/**
 * Fills in the defaults of `options`. What the sandboxes of isolated processors run is an entry of each
 * worker that has it. Throws `BuildOptionsError` if a file it needs is missing.
 */
export function bundleSettings(
  options: BuildOptions,
  project: string,
  { root, sourceRoot = `${root}/src`, tags = [] }: ProjectLocation,
  workspaceRoot: string,
): BundleSettings {
  const main = options.main ?? `${sourceRoot}/main.ts`;
  const sandbox = tags.includes(TAGS.worker) ? sandboxPath({ sourceRoot }) : undefined;
  const entryPoints: Record<string, string> = {};
  for (const [name, file] of [
    ['main', main] as const,
    ...(options.additionalEntryPoints ?? []).map((path) => [parse(path).name, path] as const),
    ...(sandbox !== undefined && existsSync(join(workspaceRoot, sandbox))
      ? [['sandbox', sandbox] as const]
      : []),
  ]) {
    const path = join(workspaceRoot, file);
    if (!existsSync(path)) {
      throw new BuildOptionsError(
        project,
        `${file} does not exist`,
        'Create it, or set "main" or "additionalEntryPoints" in the options of its build target.',
      );
    }
    if (entryPoints[name] === path) continue;
    if (entryPoints[name]) {
      const problem = `two entry points would be written to ${name}.js`;
      throw new BuildOptionsError(project, problem, 'Rename one of the files.');
    }
    entryPoints[name] = path;
  }
  for (const name of options.external ?? []) assertInstalled(name, project, workspaceRoot);
  return {
    workspaceRoot,
    project,
    entryPoints,
    outputPath: join(workspaceRoot, options.outputPath ?? join('dist', root)),
    tsConfig: findTsConfig(options.tsConfig, project, root, workspaceRoot),
    external: options.external ?? [],
    include: options.include ?? [],
    leaveOut: options.leaveOut ?? [],
    define: options.define ?? {},
    minify: options.minify ?? true,
    sourceMap: options.sourceMap ?? true,
    forbiddenTags: options.forbiddenTags ?? [],
    allow: readAllow(options.allow ?? [], project),
    image: options.image,
    budget: {
      maxSize: readSize('maxSize', options.maxSize, project),
      maxStartSize: readSize('maxStartSize', options.maxStartSize, project),
    },
  };
}

function readAllow(entries: readonly AllowOptions[], project: string): readonly AllowOptions[] {
  for (const [index, entry] of entries.entries()) {
    const found = problemOfEntry(entry);
    if (!found) continue;
    const problem = `entry ${index + 1} of "allow" in the options of its build target ${found.problem}`;
    throw new BuildOptionsError(project, problem, found.remedy);
  }
  return entries;
}

function readSize(
  option: 'maxSize' | 'maxStartSize',
  text: string | undefined,
  project: string,
): number | undefined {
  if (text === undefined) return undefined;
  const bytes = parseBytes(text);
  if (bytes !== undefined) return bytes;
  throw new BuildOptionsError(
    project,
    `"${option}" in the options of its build target is "${text}", which is no size`,
    'Write a number and a unit, B, kB, MB or GB: "6 MB".',
  );
}

/** What a person lists as external is installed beside the bundle, in the version that is here. */
function assertInstalled(name: string, project: string, workspaceRoot: string): void {
  if (findPackage(name, workspaceRoot)) return;
  throw new BuildOptionsError(
    project,
    `"external" in the options of its build target lists "${name}", which is not installed`,
    `Run: ${packageManager().add} ${name}, or take it out of the list.`,
  );
}

function findTsConfig(
  configured: string | undefined,
  project: string,
  root: string,
  workspaceRoot: string,
): string {
  const candidates = configured
    ? [configured]
    : [`${root}/tsconfig.app.json`, `${root}/tsconfig.json`, 'tsconfig.base.json'];
  const found = candidates.map((file) => join(workspaceRoot, file)).find(existsSync);
  if (found) return found;
  throw new BuildOptionsError(
    project,
    `there is no ${candidates.join(', ')}`,
    'Set "tsConfig" in the options of its build target.',
  );
}
