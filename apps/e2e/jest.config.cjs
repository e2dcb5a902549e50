module.exports = {
  displayName: 'e2e',
  preset: '../../jest.preset.js',
  globalSetup: '<rootDir>/src/support/global-setup.ts',
  globalTeardown: '<rootDir>/src/support/global-teardown.ts',
  // Each file starts programs of its own and mostly waits for them. More files at once would time each other out.
  maxWorkers: 3,
  testSequencer: '<rootDir>/../../libs/testing/src/longest-first.sequencer.cjs',
};
