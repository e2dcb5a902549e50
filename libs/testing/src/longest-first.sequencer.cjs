// Starts the test files that take longest first, so that none of them runs alone at the end. A project names them
// in its jest.slowest.json; Jest itself only knows how long files took on this machine, or how large they are.
const { existsSync } = require('node:fs');
const { join, relative, sep } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path, context: { config } }) => {
      const list = join(config.rootDir, 'jest.slowest.json');
      const slowest = existsSync(list) ? require(list) : [];
      const index = slowest.indexOf(relative(config.rootDir, path).split(sep).join('/'));
      return index === -1 ? slowest.length : index;
    };
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
};
