module.exports = {
  displayName: 'api',
  preset: '../../jest.preset.js',
  // By itself Jest runs one file at a time on two processors. These tests wait for the database.
  maxWorkers: 2,
  globalSetup: '<rootDir>/../../tools/services/src/jest.global-setup.ts',
};
