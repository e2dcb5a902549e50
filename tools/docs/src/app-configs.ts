import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ConfigRow, describeConfig } from '@libs/config';
import { workerConfig } from '@libs/worker-app/config';
import * as z from 'zod';
import { inWorkspace, workspaceFiles } from './workspace';

/** The variables of one application, or those that all applications have in common. */
export interface ConfigSection {
  /** The application's name, or `every process`. */
  readonly name: string;
  readonly rows: readonly ConfigRow[];
}

/** All workers have the same variables; two of them begin with the name of the worker. */
const WORKER = { name: 'worker', port: 3001 };

/**
 * What each application reads: what `config.ts` in its sources exports, and what workers have in common. What all of
 * them read comes first.
 */
export async function configSections(): Promise<ConfigSection[]> {
  const files = workspaceFiles('apps/*/src/config.ts');
  const apps = [
    ...(await Promise.all(files.map(readConfig))),
    { name: WORKER.name, rows: describeConfig(workerConfig(WORKER)) },
  ];
  const isCommon = (row: ConfigRow) =>
    apps.every(({ rows }) => rows.some((other) => sameVariable(row, other)));
  return [
    { name: 'every process', rows: (apps[0]?.rows ?? []).filter(isCommon) },
    ...apps.map(({ name, rows }) => ({ name, rows: rows.filter((row) => !isCommon(row)) })),
  ];
}

async function readConfig(file: string): Promise<ConfigSection> {
  // By its path: an application is no library, and cannot be imported by name.
  const exported = (await import(pathToFileURL(inWorkspace(file)).href)) as Record<string, unknown>;
  const schemas = Object.values(exported).filter((value) => value instanceof z.ZodObject);
  const [schema] = schemas;
  if (schema === undefined || schemas.length > 1) {
    throw new Error(
      `${file} exports ${schemas.length} schemas. Export one, made by defineConfig().`,
    );
  }
  return { name: basename(dirname(join(file, '..'))), rows: describeConfig(schema) };
}

const sameVariable = (a: ConfigRow, b: ConfigRow) =>
  a.name === b.name && a.description === b.description && a.default === b.default;
