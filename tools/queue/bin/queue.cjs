#!/usr/bin/env node
// `npx queue <command>`: the commands of a worker without Nx. Plain JavaScript, and it loads nothing but what was
// built for this workspace before, as long as that is up to date: a command then starts about as fast as node.
'use strict';

const { existsSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { dirname, join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { findProgram, PACKED } = require('../workspace/built-program.cjs');

if (process.stdout.isTTY || process.stderr.isTTY) {
  require('../terminal/wrap-words.cjs').wrapOutput(process.stdout, process.stderr);
}

async function main(args) {
  const root = workspaceRoot(process.cwd());
  if (root === undefined) {
    throw stop(`${process.cwd()} is in no Nx workspace: no folder above it has an nx.json.`);
  }
  const folder = findProgram(root) ?? (await buildProgram(root));
  const packed = join(folder, PACKED);
  if (existsSync(packed)) return runPacked(packed, root, args);
  const { default: run } = await import(pathToFileURL(join(folder, 'queue.js')).href);
  return run(root, args);
}

/** With the code that V8 compiled for the same command before. What fails is no measure of what a command runs. */
async function runPacked(program, root, args) {
  const { loadProgram } = require('../workspace/cached-program.cjs');
  const [name = 'help'] = args;
  const isHelp = args.some((arg) => arg === '--help' || arg === '-h');
  const { exports, keepCode } = loadProgram(program, isHelp ? 'help' : name.replace(/[^a-z]/g, ''));
  await exports.default(root, args);
  if (!process.exitCode) keepCode();
}

/** By the plugin, which is TypeScript in its own workspace, and compiled in its npm package. */
function buildProgram(root) {
  if (existsSync(join(__dirname, '../launch/build-program.js'))) {
    return require('../launch/build-program.js').buildProgram(root);
  }
  if (!existsSync(join(root, 'node_modules/tsx'))) {
    throw stop('The packages of this workspace are not installed. Run: npm ci');
  }
  process.env.TSX_TSCONFIG_PATH = join(__dirname, '../tsconfig.json');
  return loadBuilder().buildProgram(root);
}

/** The compiler keeps what it has compiled in the folder for temporary files, and cannot do without. */
function loadBuilder() {
  try {
    require('tsx/cjs/api').register();
    return require('../launch/build-program.ts');
  } catch (error) {
    if (!error.path?.startsWith(tmpdir())) throw error;
    throw stop(
      `The folder for temporary files, ${tmpdir()}, cannot be written (${error.code}). Set TMPDIR to one that can.`,
    );
  }
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

// Whoever reads the output may need no more of it: `npx queue dead | head -1`.
process.stdout.on('error', (error) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

main(process.argv.slice(2)).catch((error) => {
  // Written for the person at the keyboard, or a defect.
  console.error(error?.userFacing ? error.message : error);
  process.exitCode = 1;
});
