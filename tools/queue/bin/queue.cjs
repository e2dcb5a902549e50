#!/usr/bin/env node
// `npx queue <command>`: the commands of a worker without Nx. Plain JavaScript, and it loads nothing but what was
// built for this workspace before, as long as that is up to date: a command then starts about as fast as node.
'use strict';

const { existsSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { dirname, join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { findProgram } = require('../workspace/built-program.cjs');

// Since Node.js 22.8: a second start compiles nothing of the program, which takes about a tenth of a second.
enableCompileCache?.();

async function main(args) {
  const root = workspaceRoot(process.cwd());
  if (root === undefined) {
    throw stop(`${process.cwd()} is in no Nx workspace: no folder above it has an nx.json.`);
  }
  const folder = findProgram(root) ?? (await buildProgram(root));
  const { default: run } = await import(pathToFileURL(join(folder, 'queue.js')).href);
  return run(root, args);
}

/** By the plugin, which is TypeScript in its own workspace, and compiled in its npm package. */
function buildProgram(root) {
  if (existsSync(join(__dirname, '../launch/build-program.js'))) {
    return require('../launch/build-program.js').buildProgram(root);
  }
  process.env.TSX_TSCONFIG_PATH = join(__dirname, '../tsconfig.json');
  require('tsx/cjs/api').register();
  return require('../launch/build-program.ts').buildProgram(root);
}

function workspaceRoot(folder) {
  for (let current = folder; ; current = dirname(current)) {
    if (existsSync(join(current, 'nx.json'))) return current;
    if (current === dirname(current)) return undefined;
  }
}

function stop(message) {
  return Object.assign(new Error(message), { userFacing: true });
}

main(process.argv.slice(2)).catch((error) => {
  // Written for the person at the keyboard, or a defect.
  console.error(error?.userFacing ? error.message : error);
  process.exitCode = 1;
});
