module.exports = {
  displayName: 'packages',
  preset: '../../jest.preset.js',
  globalSetup: '<rootDir>/../services/src/jest.global-setup.ts',
};
