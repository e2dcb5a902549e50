const { availableParallelism } = require('node:os');

module.exports = {
  displayName: 'queue',
  preset: '../../jest.preset.js',
  globalSetup: '<rootDir>/../../tools/services/src/jest.global-setup.ts',
  // Most of these tests wait for a store, a lock or a child most of the time. By itself Jest runs one file at
  // a time on two processors.
  maxWorkers: Math.max(4, availableParallelism() - 1),
  testSequencer: '<rootDir>/../testing/src/longest-first.sequencer.cjs',
};
