// In a spec, a thread or a process runs a TypeScript source as it is: the bundle would have compiled it.
const childProcess = require('node:child_process');
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { fileURLToPath, pathToFileURL } = require('node:url');
const threads = require('node:worker_threads');

const TYPESCRIPT = /\.[cm]?tsx?$/;
const PATCHED = Symbol.for('@tools/queue/programs');

/** The TypeScript source that a path or URL names, if it names one: `./hash.worker.js` is `hash.worker.ts`. */
function typeScriptSource(file) {
  const name = String(file);
  const isUrl = name.startsWith('file:');
  if (!isUrl && !name.startsWith('/')) return undefined;
  const path = isUrl ? fileURLToPath(name) : name;
  const candidates = existsSync(path)
    ? [path]
    : [path.replace(/\.([cm]?)js$/, '.$1ts'), path.replace(/\.js$/, '.tsx')];
  return candidates.find((candidate) => TYPESCRIPT.test(candidate) && existsSync(candidate));
}

// Node 20 runs no loader of `execArgv` for the file that a thread starts with, so the thread registers it.
// Of tsx 4.23 the CommonJS build of its interface looks for a file where there is none.
const loader = pathToFileURL(require.resolve('tsx/esm/api').replace(/\.cjs$/, '.mjs')).href;
const bootstrap = (source) => `
  require(${JSON.stringify(require.resolve('tsx/cjs/api'))}).register();
  import(${JSON.stringify(loader)})
    .then(({ register }) => register())
    .then(() => import(${JSON.stringify(pathToFileURL(source).href)}));
`;

/** Pools of threads start a file of their own, which then loads a source. */
const POOL = /[\\/]node_modules[\\/](?:piscina|tinypool|workerpool|poolifier)[\\/]/;

function poolProgram(file) {
  const name = String(file);
  if (!POOL.test(name)) return undefined;
  return name.startsWith('file:') ? fileURLToPath(name) : name;
}

class Worker extends threads.Worker {
  constructor(file, options = {}) {
    const source = options.eval ? undefined : (typeScriptSource(file) ?? poolProgram(file));
    if (source === undefined) super(file, options);
    else super(bootstrap(source), { ...options, eval: true });
  }
}

const { fork } = childProcess;

function forkSource(file, ...rest) {
  const source = typeScriptSource(file);
  if (source === undefined) return fork(file, ...rest);
  const [args, given] = Array.isArray(rest[0]) ? rest : [[], rest[0]];
  const tsx = pathToFileURL(require.resolve('tsx')).href;
  const execArgv = [...(given?.execArgv ?? process.execArgv), '--import', tsx];
  return fork(source, args, { ...given, execArgv });
}

// Node's own modules are the same for all test files of a process.
if (!threads[PATCHED]) {
  threads[PATCHED] = true;
  threads.Worker = Worker;
  childProcess.fork = forkSource;
}
// The import paths.
process.env['TSX_TSCONFIG_PATH'] ??= join(__dirname, '../../../tsconfig.base.json');
