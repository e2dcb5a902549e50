const { availableParallelism } = require('node:os');

module.exports = {
  displayName: 'queue-plugin',
  preset: '../../jest.preset.js',
  globalSetup: '<rootDir>/../../tools/services/src/jest.global-setup.ts',
  // By itself Jest runs one file at a time on two processors. Many of these tests wait for other programs.
  maxWorkers: Math.max(3, availableParallelism() - 1),
  testSequencer: '<rootDir>/../../libs/testing/src/longest-first.sequencer.cjs',
};
