// The entry of `npm start`. Plain JavaScript for any Node version, because it reports that Node is too old
// or that nothing is installed yet. Everything else is in src/.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '../..');
const needed = require(join(root, 'package.json')).engines.node.replace(/[^\d.]/g, '');
const [major, minor] = process.versions.node.split('.').map(Number);
const [neededMajor, neededMinor] = needed.split('.').map(Number);

if (major < neededMajor || (major === neededMajor && minor < neededMinor)) {
  stop(
    `This workspace needs Node.js ${needed} or newer, and this is ${process.versions.node}. ` +
      'Install a newer one (with nvm: nvm install), then run npm ci && npm start again.',
  );
} else if (!existsSync(join(root, 'node_modules/tsx'))) {
  stop('The packages of this workspace are not installed. Run: npm ci && npm start');
} else {
  process.chdir(root);
  // The workspace's import paths: there is no tsconfig.json in its root.
  process.env.TSX_TSCONFIG_PATH = join(root, 'tsconfig.base.json');
  require('tsx/cjs/api').register();
  require('./src/start.main.ts');
}

function stop(sentence) {
  console.error(sentence);
  process.exitCode = 1;
}
