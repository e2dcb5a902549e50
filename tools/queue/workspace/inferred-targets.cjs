// The targets that a project has because of its tags. Plain JavaScript without dependencies, because Nx loads it with
// every command, before anything of the plugin is compiled.
'use strict';

const { readFileSync } = require('node:fs');
const { join, posix } = require('node:path');

/** What nx.json calls this part of the plugin. */
const TARGETS_PLUGIN = '@tools/queue/targets';

const WORKER_TAG = 'queue:worker';

const PLUGIN = '@tools/queue';

/** Of every application. */
const OF_APPLICATIONS = ['build', 'serve', 'why', 'report', 'sbom'];

/** Of these, those that speak of the last build. */
const OF_BUILDS = ['why', 'report', 'sbom', 'image'];

/** Of every worker besides: the commands that operate its queues. */
const OF_WORKERS = [
  'enqueue',
  'dead',
  'schedules',
  'queues',
  'pause',
  'resume',
  'cancel',
  'drain',
  'move',
  'concurrency',
  'migrate',
];

/**
 * The targets of a project; what its own file says takes precedence over them.
 *
 * @param {{ root: string; sourceRoot?: string; tags?: string[] }} project
 * @param {(path: string) => string | undefined | null} read the text of a file by its path from the workspace root
 * @param {{ applications?: string; images?: boolean }} options those of the plugin in nx.json
 */
function inferTargets(project, read, { applications, images = false } = {}) {
  const { root, tags = [] } = project;
  const isWorker = tags.includes(WORKER_TAG);
  const isApplication = isWorker || (applications !== undefined && tags.includes(applications));
  if (!isApplication) return {};
  const names = [...OF_APPLICATIONS, ...(images ? ['image'] : []), ...(isWorker ? OF_WORKERS : [])];
  const targets = Object.fromEntries(names.map((name) => [name, targetOf(name)]));
  const port = isWorker && images ? workerPort(project, read) : undefined;
  if (port !== undefined) targets.build.options = { image: port };
  targets.typecheck = {
    command: isSolution(read(`${root}/tsconfig.json`)) ? BUILD_CHECK : 'tsc -p {projectRoot}',
    metadata: {
      technologies: ['typescript'],
      description: `Check the types of ${root} with the TypeScript compiler.`,
    },
  };
  return targets;
}

const BUILD_CHECK = 'tsc --build {projectRoot}';

/** Whether a tsconfig.json has no files of its own, but refers to others that have: `tsc -p` would check nothing. */
function isSolution(text) {
  return /"files"\s*:\s*\[\s*\]/.test(text ?? '') && /"references"\s*:/.test(text ?? '');
}

function targetOf(name) {
  return {
    executor: `${PLUGIN}:${name}`,
    ...(OF_BUILDS.includes(name) && { dependsOn: ['build'] }),
    metadata: { technologies: ['queue'], description: descriptions()[name] ?? '' },
  };
}

/** The port of a worker's health endpoints, from the one line of its sources that says so. */
function workerPort({ root, sourceRoot = posix.join(root, 'src') }, read) {
  const text = read(`${sourceRoot}/worker.ts`) ?? '';
  const [, name] = /\bname: ['"]([^'"]+)['"]/.exec(text) ?? [];
  const [, port] = /\bport: ([\d_]+)/.exec(text) ?? [];
  if (name === undefined || port === undefined) return undefined;
  const prefix = name.replaceAll(/[^A-Za-z0-9]+/g, '_').toUpperCase();
  return { port: Number(port.replaceAll('_', '')), portVariable: `${prefix}_HTTP` };
}

/** @type {Record<string, string> | undefined} */
let known;

/** What `executors.json` says, in one place for targets and for `--help`. */
function descriptions() {
  if (known !== undefined) return known;
  const text = readFileSync(join(__dirname, '../executors.json'), 'utf8');
  const entries = Object.entries(JSON.parse(text).executors);
  known = Object.fromEntries(entries.map(([name, { description }]) => [name, description]));
  return known;
}

/** The options of this part of the plugin in nx.json; undefined if nx.json does not use it. */
function inferenceOptions({ plugins = [] }) {
  for (const entry of plugins) {
    if (entry === TARGETS_PLUGIN) return {};
    if (entry.plugin === TARGETS_PLUGIN) return entry.options ?? {};
  }
  return undefined;
}

module.exports = { inferTargets, inferenceOptions, workerPort };
