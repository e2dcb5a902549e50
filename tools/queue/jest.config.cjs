module.exports = {
  displayName: 'queue-plugin',
  preset: '../../jest.preset.js',
  globalSetup: '<rootDir>/../../tools/services/src/jest.global-setup.ts',
};
