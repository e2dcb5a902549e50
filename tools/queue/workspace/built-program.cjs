// Whether what was built for a workspace is still what would be built now, by content. Plain JavaScript, because it is
// asked before anything of the plugin is compiled.
'use strict';

const { createHash } = require('node:crypto');
const { existsSync, readFileSync, readdirSync, statSync } = require('node:fs');
const { join } = require('node:path');

/** Below the workspace root. Import paths of the workspace do not count below node_modules, so it is not there. */
const FOLDER = 'dist/commands';

const SKIPPED = new Set(['node_modules', 'dist', 'tmp', 'coverage']);

/** Files whose being there says what the workspace consists of. */
const MARKERS = /^(?:project|package)\.json$|\.(?:job|processor)\.ts$/;

/** The folder of the program that was built last, if nothing that it was built from has changed. */
function findProgram(root) {
  const record = readRecord(root);
  return record && isUpToDate(root, record) ? join(root, FOLDER, record.folder) : undefined;
}

function readRecord(root) {
  try {
    return JSON.parse(readFileSync(join(root, FOLDER, 'current.json'), 'utf8'));
  } catch {
    return undefined;
  }
}

function isUpToDate(root, { folder, node, inputs, markers }) {
  return (
    node === process.version &&
    inputs.every((input) => isUnchanged(root, input)) &&
    markers === hash(findMarkers(root).join('\n')) &&
    existsSync(join(root, FOLDER, folder, 'queue.js'))
  );
}

/** How a file is now. A file that is not there has a stamp too. `path` may be absolute. */
function stamp(root, path) {
  const file = path.startsWith('/') ? path : join(root, path);
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile()) return { path, size: -1, time: 0, hash: '' };
  return { path, size: stat.size, time: stat.mtimeMs, hash: hash(readFileSync(file)) };
}

/** The content is read only if size or time are others. */
function isUnchanged(root, known) {
  const file = known.path.startsWith('/') ? known.path : join(root, known.path);
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile()) return known.size === -1;
  if (stat.size === known.size && stat.mtimeMs === known.time) return true;
  return known.size === stat.size && hash(readFileSync(file)) === known.hash;
}

function findMarkers(root, below = '') {
  return readdirSync(join(root, below), { withFileTypes: true }).flatMap((entry) => {
    const { name } = entry;
    if (entry.isDirectory()) {
      return name.startsWith('.') || SKIPPED.has(name) ? [] : findMarkers(root, `${below}${name}/`);
    }
    return MARKERS.test(name) ? [`${below}${name}`] : [];
  });
}

function hash(content) {
  return createHash('sha256').update(content).digest('hex');
}

module.exports = { FOLDER, findMarkers, findProgram, hash, isUnchanged, stamp };
