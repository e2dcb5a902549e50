const { dirname, join } = require('node:path');

module.exports = {
  displayName: 'queue-plugin',
  preset: '../../jest.preset.js',
  globalSetup: '<rootDir>/../../tools/services/src/jest.global-setup.ts',
  moduleNameMapper: {
    // Its main file is an ES module, which Jest loads from Node 24.9 on only.
    '^d3-hierarchy$': join(dirname(require.resolve('d3-hierarchy')), '../dist/d3-hierarchy.js'),
  },
};
