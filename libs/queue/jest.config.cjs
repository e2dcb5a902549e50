module.exports = {
  displayName: 'queue',
  preset: '../../jest.preset.js',
  globalSetup: '<rootDir>/../../tools/services/src/jest.global-setup.ts',
};
