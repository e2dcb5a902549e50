// `@tools/queue/targets` in the plugins of nx.json: gives applications and workers their targets. Plain JavaScript
// that imports next to nothing, because Nx loads it with every command. Nothing is cached: to read the files again
// takes less time than to compare them with a cache.
'use strict';

const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { inferTargets } = require('../workspace/inferred-targets.cjs');

/** Also of projects that are described by the key `nx` of their package.json. */
const createNodes = [
  '**/{project,package}.json',
  (files, options, { workspaceRoot }) => {
    const read = (path) => {
      try {
        return readFileSync(join(workspaceRoot, path), 'utf8');
      } catch {
        return undefined;
      }
    };
    return files.flatMap((file) => {
      const root = dirname(file).replaceAll('\\', '/');
      const project = projectOf(file, read(file));
      if (project === undefined) return [];
      const targets = inferTargets({ ...project, root }, read, options);
      return Object.keys(targets).length === 0
        ? []
        : [[file, { projects: { [root]: { targets } } }]];
    });
  },
];

function projectOf(file, text = '') {
  try {
    const content = JSON.parse(text);
    return file.endsWith('package.json') ? content.nx : content;
  } catch {
    // Nx itself says what is wrong with it.
    return undefined;
  }
}

const name = '@tools/queue/targets';
const createNodesV2 = createNodes;

// Names alone: of values that are written out, Node would find no export for an `import`.
module.exports = { name, createNodes, createNodesV2 };
