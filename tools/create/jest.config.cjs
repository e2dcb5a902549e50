module.exports = { displayName: 'create', preset: '../../jest.preset.js' };
