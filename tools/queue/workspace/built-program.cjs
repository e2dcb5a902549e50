// Whether what was built for a workspace is still what would be built now, by content. Plain JavaScript, because it is
// asked before anything of the plugin is compiled.
'use strict';

const { createHash } = require('node:crypto');
const { existsSync, readFileSync, readdirSync, statSync } = require('node:fs');
const { join } = require('node:path');

/** Below the workspace root. Import paths of the workspace do not count below node_modules, so it is not there. */
const FOLDER = 'dist/commands';

/** In the folder of a program: all of it in one file, if it can be packed. */
const PACKED = 'chunks/program.cjs';

const SKIPPED = new Set(['node_modules', 'dist', 'tmp', 'coverage']);

/** Files whose being there says what the workspace consists of. */
const MARKERS = /^(?:project|package)\.json$|\.(?:job|processor)\.ts$/;

/** The same for the program, whose files follow the nearest of these. */
const PROGRAM_MARKERS = new RegExp(`${MARKERS.source}|^tsconfig(?:\\.(?:app|lib|base))?\\.json$`);

/** Folders that may hold sources. */
const isSourceFolder = (name) => !name.startsWith('.') && !SKIPPED.has(name);

const OF_MARKERS = { files: MARKERS, enters: isSourceFolder };
const OF_PROGRAM = { files: PROGRAM_MARKERS, enters: isSourceFolder };

/** In milliseconds: what was changed so lately may change again without another time, whatever the file system. */
const SETTLED_AFTER = 2_000;

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

function isUpToDate(root, { folder, node, inputs, folders, markers }) {
  return (
    node === process.version &&
    inputs.every((input) => isUnchanged(root, input)) &&
    isSameWorkspace(root, { folders, markers }) &&
    existsSync(join(root, FOLDER, folder, 'queue.js'))
  );
}

/**
 * Whether the same markers are there. A file that comes or goes changes the time of its folder, which is asked for in a
 * tenth of the time of its files.
 */
function isSameWorkspace(root, { folders, markers }, filter = OF_PROGRAM) {
  return areSameFolders(root, folders, filter) || markers === markersOf(root, filter);
}

function areSameFolders(root, folders, filter) {
  return folders.every((known) => isSameFolder(root, known, filter));
}

/** The hash of the paths of all files whose being there changes the program. */
function markersOf(root, filter) {
  return hash(listFolders(root, filter).flatMap(pathsIn).sort().join('\n'));
}

/** What the program depends on without reading it: every folder of the workspace, and which markers are there. */
function workspaceStamp(root, filter = OF_PROGRAM) {
  const listed = listFolders(root, filter);
  return {
    folders: folderStamps(root, listed),
    markers: hash(listed.flatMap(pathsIn).sort().join('\n')),
  };
}

function folderStamps(root, listed) {
  const now = Date.now();
  return listed.map(({ path, files, folders }) => {
    const time = statSync(join(root, path)).mtimeMs;
    return {
      path,
      time: now - time < SETTLED_AFTER ? 0 : time,
      entries: entriesOf({ files, folders }),
    };
  });
}

/** Its entries are read only if its time is another. */
function isSameFolder(root, { path, time, entries }, filter) {
  const stat = statSync(`${root}/${path}`, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return false;
  return stat.mtimeMs === time || entriesOf(listFolder(root, path, filter)) === entries;
}

function entriesOf({ files, folders }) {
  return [...files, ...folders.map((name) => `${name}/`)].sort().join(' ');
}

/** How a file is now. A file that is not there has a stamp too. `path` may be absolute. */
function stamp(root, path) {
  const file = path.startsWith('/') ? path : `${root}/${path}`;
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile()) return { path, size: -1, time: 0, hash: '' };
  return { path, size: stat.size, time: stat.mtimeMs, hash: hash(readFileSync(file)) };
}

/** The content is read only if size or time are others. */
function isUnchanged(root, known) {
  // Without `join`, which takes as long as the question itself.
  const file = known.path.startsWith('/') ? known.path : `${root}/${known.path}`;
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile()) return known.size === -1;
  if (stat.size === known.size && stat.mtimeMs === known.time) return true;
  return known.size === stat.size && hash(readFileSync(file)) === known.hash;
}

function findMarkers(root) {
  return listFolders(root, OF_MARKERS).flatMap(pathsIn);
}

function pathsIn({ path, files }) {
  return files.map((name) => `${path}${name}`);
}

/** The folder, whose path ends with a slash unless it is the root, and all below it. */
function listFolders(root, filter, path = '') {
  const listed = listFolder(root, path, filter);
  const below = listed.folders.flatMap((name) => listFolders(root, filter, `${path}${name}/`));
  return [{ path, ...listed }, ...below];
}

/** The names of its files and folders that the filter takes. */
function listFolder(root, path, filter) {
  const files = [];
  const folders = [];
  for (const entry of readdirSync(join(root, path), { withFileTypes: true })) {
    const { name } = entry;
    if (!entry.isDirectory()) {
      if (filter.files.test(name)) files.push(name);
    } else if (filter.enters(name)) folders.push(name);
  }
  return { files, folders };
}

function hash(content) {
  return createHash('sha256').update(content).digest('hex');
}

module.exports = {
  FOLDER,
  OF_MARKERS,
  PACKED,
  areSameFolders,
  findMarkers,
  findProgram,
  folderStamps,
  hash,
  isSameWorkspace,
  isUnchanged,
  isUpToDate,
  listFolders,
  pathsIn,
  readRecord,
  stamp,
  workspaceStamp,
};
