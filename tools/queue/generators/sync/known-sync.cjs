// `nx sync` before every build, as long as nothing has changed since it found all in sync: nothing of the plugin is
// compiled or loaded then. Plain JavaScript for that reason; what it saves is most of what it takes.
'use strict';

const {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} = require('node:fs');
const { dirname, join, sep } = require('node:path');
const { name } = require('../../package.json');
const {
  hash,
  isSameWorkspace,
  isUnchanged,
  stamp,
  workspaceStamp,
} = require('../../workspace/built-program.cjs');

const PLUGIN = join(__dirname, '../..');

/** The generator `sync`; it looks no further while all that it has looked at is as it was. */
module.exports = function knownSync(tree) {
  const isOnDisk = tree.listChanges().length === 0;
  const record = join(tree.root, 'node_modules/.cache', name, 'sync.json');
  if (isOnDisk && isInSync(tree.root, record)) return undefined;
  // Before anything is read: what changes meanwhile is read again the next time.
  const workspace = isOnDisk ? workspaceStamp(tree.root) : undefined;
  const traced = trace(tree);
  const result = loadGenerator()(traced.tree);
  if (workspace && result === undefined && tree.listChanges().length === 0) {
    keep(record, { ...workspace, ...traced.seen(), plugin: pluginStamps() });
  }
  return result;
};

function isInSync(root, record) {
  try {
    const { files, listings, plugin, ...workspace } = JSON.parse(readFileSync(record, 'utf8'));
    return (
      [...files, ...plugin].every((known) => isUnchanged(root, known)) &&
      isSameWorkspace(root, workspace) &&
      listings.every(({ path, names }) => namesIn(root, path) === names)
    );
  } catch {
    return false;
  }
}

/** The tree, and what was asked of it. */
function trace(tree) {
  const files = new Map();
  const folders = new Map();
  /** As it is before it is read, so that a change in between is noticed the next time. */
  const see = (path) => {
    const stat = statSync(join(tree.root, path), { throwIfNoEntry: false });
    const isFile = stat?.isFile() ?? false;
    const seen = { path, size: isFile ? stat.size : -1, time: isFile ? stat.mtimeMs : 0, hash: '' };
    files.set(path, files.get(path) ?? seen);
    return files.get(path);
  };
  const traced = Object.assign(Object.create(tree), {
    read(path, ...encoding) {
      const seen = see(path);
      const content = tree.read(path);
      if (content !== null) seen.hash = hash(content);
      return content === null || encoding.length === 0 ? content : content.toString(...encoding);
    },
    exists(path) {
      see(path);
      return tree.exists(path);
    },
    isFile(path) {
      see(path);
      return tree.isFile(path);
    },
    children(path) {
      if (!folders.has(path)) folders.set(path, namesIn(tree.root, path));
      return tree.children(path);
    },
  });
  const seen = () => ({
    files: [...files.values()],
    listings: [...folders].map(([path, names]) => ({ path, names })),
  });
  return { tree: traced, seen };
}

function namesIn(root, path) {
  const folder = join(root, path);
  return existsSync(folder) ? readdirSync(folder).sort().join('/') : '';
}

/** Of every file of this plugin that has been loaded. */
function pluginStamps() {
  const own = (path) =>
    path.startsWith(PLUGIN + sep) && !path.includes(`${sep}node_modules${sep}`, PLUGIN.length);
  return Object.keys(require.cache)
    .filter(own)
    .map((path) => stamp('', path));
}

/** In a folder that cannot be written, it looks at everything each time. */
function keep(record, content) {
  const written = `${record}.${process.pid}`;
  try {
    mkdirSync(dirname(record), { recursive: true });
    writeFileSync(written, JSON.stringify(content));
    renameSync(written, record);
  } catch {
    rmSync(written, { force: true });
  }
}

/** It is TypeScript in its own workspace, which Nx compiles, and compiled in its npm package. */
function loadGenerator() {
  if (!existsSync(join(__dirname, 'sync.js')) && !require.extensions['.ts']) {
    process.env.TSX_TSCONFIG_PATH = join(PLUGIN, 'tsconfig.json');
    require('tsx/cjs/api').register();
  }
  return require('./sync').default;
}
