import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '@nx/devkit';
import { PLUGIN_NAME, PluginError, type SourceFiles } from '../../workspace/index';
import { RUNTIME_PACKAGE } from '../../workspace/runtime-package';

/** What the runtime needs beside it, within the ranges of its own package.json. */
export const PEERS = {
  '@nestjs/bullmq': '^11.0.5',
  bullmq: '~6.7.0',
  pg: '^8.11.0',
  'reflect-metadata': '^0.2.0',
  zod: '^4.0.0',
} as const;

/** What the tests of processors need, likewise. */
const DEV_PEERS = { '@nestjs/testing': '^11.0.0' } as const;

/** The version of Nest that workspaces are set up for. */
const NEST_MAJOR = 11;

/**
 * The workspace has a version of NestJS that this plugin does not set up jobs for. The runtime may run with it.
 *
 * To do: update the workspace to the version in the message.
 */
export class NestVersionError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_NEST_VERSION';

  constructor(found: string) {
    super(
      `package.json lists @nestjs/common ${found}, and ${PLUGIN_NAME} sets up workspaces of version ${NEST_MAJOR}. Nothing was written. ` +
        `Update the workspace to NestJS ${NEST_MAJOR}; with NestJS 12, use ${RUNTIME_PACKAGE} alone.`,
    );
  }
}

interface Manifest {
  dependencies?: Readonly<Record<string, string>>;
  devDependencies?: Readonly<Record<string, string>>;
}

/** Packages by name, with the versions that package.json gets. */
export interface MissingPackages {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

/**
 * What package.json has to list besides. A package that is listed keeps its version.
 *
 * @throws NestVersionError
 */
export function missingPackages(files: SourceFiles): MissingPackages {
  const manifest = parseJson<Manifest>(files.read('package.json', 'utf-8') ?? '{}');
  const listed = { ...manifest.devDependencies, ...manifest.dependencies };
  const nest = listed['@nestjs/common'];
  const [major] = /\d+/.exec(nest ?? '') ?? [];
  if (nest !== undefined && major !== undefined && Number(major) !== NEST_MAJOR) {
    throw new NestVersionError(nest);
  }
  const version = ownVersion();
  const missing = (wanted: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(wanted).filter(([name]) => !(name in listed)));
  return {
    dependencies: missing({ [RUNTIME_PACKAGE]: version, ...PEERS }),
    devDependencies: missing({ [PLUGIN_NAME]: version, ...DEV_PEERS }),
  };
}

/** Runtime and plugin are published together. */
function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}
