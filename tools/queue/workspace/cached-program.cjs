// Runs a packed program with the code that V8 compiled at an earlier run: Node.js 20 has no compile cache. Plain
// JavaScript, because it runs before anything of the plugin is compiled.
'use strict';

const { createHash } = require('node:crypto');
const { readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { dirname } = require('node:path');
const { Script } = require('node:vm');
const { mapStacks } = require('./mapped-stacks.cjs');

/** In bytes: a SHA-256. */
const HASH = 32;

/**
 * Loads a program. Its files are expressions in ASCII, each the function that Node.js makes of a CommonJS module; one
 * requires what it imports late of another as `part#module`.
 *
 * V8 trusts the code that it is given, so each file of it begins with its hash, which is compared before. A file that
 * cannot be used counts as none, and is replaced.
 *
 * @param file of the program; those of its parts lie beside it
 * @param command by whose name the code is kept: commands run different functions
 */
function loadProgram(file, command) {
  const folder = dirname(file);
  const loaded = new Map();

  function load(path) {
    const known = loaded.get(path);
    if (known) return known.module.exports;
    const kept = `${path.replace(/\.cjs$/, '')}.${command}.code`;
    const code = readCode(kept);
    const script = new Script(readFileSync(path, 'latin1'), { filename: path, cachedData: code });
    const module = { exports: {} };
    const hasCode = code !== undefined && !script.cachedDataRejected;
    loaded.set(path, { script, kept, hasCode, module });
    const ofNode = createRequire(path);
    const requireFrom = (request) => {
      const [part, name] = request.split('#');
      return name === undefined ? ofNode(request) : load(`${folder}/${part}.cjs`)[name]();
    };
    script.runInThisContext()(module.exports, requireFrom, module, path, folder);
    return module.exports;
  }

  mapStacks(folder);
  return {
    exports: load(file),
    /** Keeps the code of all functions that have run by now, where there was none. */
    keepCode() {
      for (const { script, kept, hasCode } of loaded.values()) {
        if (!hasCode) writeCode(kept, script.createCachedData());
      }
    },
  };
}

function readCode(kept) {
  try {
    const content = readFileSync(kept);
    const code = content.subarray(HASH);
    return hash(code).equals(content.subarray(0, HASH)) ? code : undefined;
  } catch {
    return undefined;
  }
}

/** As a whole or not at all: another process may write or read it. In a folder that cannot be written, nothing is kept. */
function writeCode(kept, code) {
  const written = `${kept}.${process.pid}`;
  try {
    writeFileSync(written, Buffer.concat([hash(code), code]));
    renameSync(written, kept);
  } catch {
    rmSync(written, { force: true });
  }
}

function hash(code) {
  return createHash('sha256').update(code).digest();
}

module.exports = { loadProgram };
