import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '@nx/devkit';
import { PLUGIN_NAME, PluginError, type SourceFiles } from '../../workspace/index';
import { RUNTIME_PACKAGE } from '../../workspace/runtime-package';

/** What the runtime needs beside it, within the ranges of its own package.json. */
const PEERS = {
  bullmq: '~6.7.0',
  pg: '^8.11.0',
  'reflect-metadata': '^0.2.0',
  zod: '^4.0.0',
} as const;

/** What the tests of processors need, likewise. */
const TESTING = '@nestjs/testing';

/** The versions of NestJS that workspaces are set up for, with that of its package for BullMQ; the first where none is listed. */
const NEST: ReadonlyMap<number, { bullmq: string; testing: string }> = new Map([
  [11, { bullmq: '^11.0.5', testing: '^11.0.0' }],
  [12, { bullmq: '^12.0.0', testing: '^12.0.0' }],
]);

const [OLDEST = 0] = NEST.keys();

/** What package.json gets besides the runtime, with a version of NestJS. */
export function peersOf(major: number): Record<string, string> {
  return { '@nestjs/bullmq': NEST.get(major)?.bullmq ?? '', ...PEERS };
}

/**
 * The workspace has a version of NestJS that this plugin does not set up jobs for. The runtime may run with it.
 *
 * To do: update the workspace to a version in the message.
 */
export class NestVersionError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_NEST_VERSION';

  constructor(found: string) {
    const versions = [...NEST.keys()].join(' or ');
    super(
      `package.json lists @nestjs/common ${found}, and ${PLUGIN_NAME} sets up workspaces of version ${versions}. Nothing was written. ` +
        `Update the workspace to NestJS ${versions}.`,
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
  const [digits] = /\d+/.exec(nest ?? '') ?? [];
  const major = digits === undefined ? OLDEST : Number(digits);
  if (nest !== undefined && !NEST.has(major)) throw new NestVersionError(nest);
  const version = ownVersion();
  const missing = (wanted: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(wanted).filter(([name]) => !(name in listed)));
  return {
    dependencies: missing({ [RUNTIME_PACKAGE]: version, ...peersOf(major) }),
    devDependencies: missing({
      [PLUGIN_NAME]: version,
      [TESTING]: NEST.get(major)?.testing ?? '',
    }),
  };
}

/** Runtime and plugin are published together. */
function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}
