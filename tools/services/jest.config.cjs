module.exports = {
  displayName: 'services',
  preset: '../../jest.preset.js',
  globalSetup: '<rootDir>/src/jest.global-setup.ts',
};
