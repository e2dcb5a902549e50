// A plugin of Nx, in nx.json: gives every project the target `lint`, and `test` where it has a jest.config.cjs. Those of
// Nx, `@nx/eslint` and `@nx/jest`, load ESLint with all of its configuration whenever a file has changed, which takes
// two seconds of each command.
'use strict';

const { existsSync } = require('node:fs');
const { dirname, join } = require('node:path');

const createNodes = [
  '**/project.json',
  (files, _options, { workspaceRoot }) =>
    files.map((file) => {
      const root = dirname(file);
      const hasTests = existsSync(join(workspaceRoot, root, 'jest.config.cjs'));
      const options = { cwd: root };
      const targets = {
        lint: { command: 'eslint .', options },
        ...(hasTests && { test: { command: 'jest', options } }),
      };
      return [file, { projects: { [root]: { targets } } }];
    }),
];

module.exports = { name: 'lint-and-test', createNodes, createNodesV2: createNodes };
