import { posix } from 'node:path';
import { parseJson } from '@nx/devkit';
import { PLUGIN_NAME, type SourceFiles } from '../../workspace/index';

/** A variable of an application, as its configuration describes it. */
export interface Variable {
  readonly name: string;
  readonly required: boolean;
  readonly isSecret: boolean;
}

/** What is known of the applications only from their code, which `nx sync` does not run. */
export interface DescribedApplications {
  readonly api: readonly Variable[];
  /** Those of a worker; the ones that are its own begin with `NAME_`, such as `NAME_HTTP`. */
  readonly worker: readonly Variable[];
  /** In seconds: how long stopping may take after the deadline for jobs and requests. */
  readonly stopping: { readonly api: number; readonly worker: number };
}

/** What the manifests of a workspace are made from, besides its projects. Kept beside them. */
export interface KubernetesSettings {
  readonly namespace: string;
  readonly api: { readonly project: string; readonly port: number; readonly portVariable: string };
  /** Workers with one Deployment for each processor. */
  readonly split: readonly string[];
  readonly maxReplicas: number;
  readonly applications: DescribedApplications;
}

export const DEFAULT_DIRECTORY = 'deploy/kubernetes';

/** Where the manifests are: what nx.json has among the options of this generator, as Nx itself reads them. */
export function manifestDirectory(files: SourceFiles): string {
  const { generators = {} } = parseJson<{
    generators?: Record<string, Record<string, unknown> | undefined>;
  }>(files.read('nx.json', 'utf-8') ?? '{}');
  const entry =
    generators[`${PLUGIN_NAME}:kubernetes`] ?? generators[PLUGIN_NAME]?.['kubernetes'] ?? {};
  const directory = (entry as { directory?: unknown }).directory;
  return typeof directory === 'string' ? folderPath(directory) : DEFAULT_DIRECTORY;
}

/** A folder as a person writes it, as a tree has it: without a slash at its end. */
export function folderPath(folder: string): string {
  return posix.normalize(folder).replace(/\/+$/, '');
}

export function settingsFile(directory: string): string {
  return `${directory}/settings.json`;
}

/** @returns undefined if there are no manifests */
export function readSettings(
  files: SourceFiles,
  directory: string,
): KubernetesSettings | undefined {
  const text = files.read(settingsFile(directory), 'utf-8');
  return text ? parseJson<KubernetesSettings>(text) : undefined;
}

export function formatSettings(settings: KubernetesSettings): string {
  return `${JSON.stringify(settings, undefined, 2)}\n`;
}
