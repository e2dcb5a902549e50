module.exports = { displayName: 'queue-plugin', preset: '../../jest.preset.js' };
