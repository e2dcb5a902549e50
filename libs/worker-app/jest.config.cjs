module.exports = { displayName: 'worker-app', preset: '../../jest.preset.js' };
