// Jest loads its transform and its resolver with plain `require`, and both share TypeScript with the bundler.
// What was compiled once is kept, so that a run with a warm cache loads no compiler at all.
const { createHash } = require('node:crypto');
const {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} = require('node:fs');
const Module = require('node:module');
const { dirname, join, relative } = require('node:path');

const PLUGIN = dirname(__dirname);
const WORKSPACE = join(PLUGIN, '../..');

/** Changes with everything that results depend on: those of other versions are not to be taken from a cache. */
const version = (() => {
  const hash = createHash('sha1').update(process.version);
  for (const name of ['@swc/core', 'acorn']) {
    hash.update(require(`${name}/package.json`).version);
  }
  for (const folder of ['compile', 'jest']) {
    for (const name of readdirSync(join(PLUGIN, folder)).sort()) {
      if (/(?<!\.spec)\.(?:ts|cjs)$/.test(name))
        hash.update(readFileSync(join(PLUGIN, folder, name)));
    }
  }
  return hash.digest('hex').slice(0, 12);
})();
const CACHE = join(WORKSPACE, 'node_modules/.cache/queue-plugin', `jest-${version}`);

/** Requires a TypeScript file beside this one, and what it imports of this plugin. */
function requireSource(file) {
  const before = Module._extensions['.ts'];
  Module._extensions['.ts'] = (module, path) => module._compile(compiled(path), path);
  try {
    return require(join(__dirname, file));
  } finally {
    if (before) Module._extensions['.ts'] = before;
    else delete Module._extensions['.ts'];
  }
}

function compiled(path) {
  const target = join(CACHE, `${relative(PLUGIN, path)}.cjs`);
  if (existsSync(target)) return readFileSync(target, 'utf8');
  removeOlder();
  const { code } = require('@swc/core').transformSync(readFileSync(path, 'utf8'), {
    filename: path,
    configFile: false,
    swcrc: false,
    sourceMaps: 'inline',
    // The compilers themselves are loaded when there is something to compile.
    module: { type: 'commonjs', lazy: ['@swc/core', 'acorn', 'node:module'] },
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
  });
  mkdirSync(dirname(target), { recursive: true });
  // Another worker of Jest may be at the same.
  const draft = `${target}.${process.pid}`;
  writeFileSync(draft, code);
  renameSync(draft, target);
  return code;
}

/** Results of earlier versions are of no use to anybody. */
function removeOlder() {
  if (existsSync(CACHE) || !existsSync(dirname(CACHE))) return;
  for (const name of readdirSync(dirname(CACHE))) {
    if (name.startsWith('jest-'))
      rmSync(join(dirname(CACHE), name), { recursive: true, force: true });
  }
}

module.exports = { CACHE, requireSource, version, WORKSPACE };
