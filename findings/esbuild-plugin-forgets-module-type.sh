#!/bin/sh
# esbuild 0.28.2: a plugin that returns esbuild's own answer changes what the bundle does.
#
# An ES module of a package ("type": "module") that has a default import of CommonJS gets module.exports, as in
# Node. If a plugin's onResolve asks build.resolve() for the path of that ES module and returns it unchanged,
# esbuild no longer knows the "type" of the package, and the same import gets exports.default: undefined in
# most packages that are compiled to CommonJS. The build says nothing; the program fails when it is loaded.
# There is no field to return the type with (evanw/esbuild#2958).
#
# Here: firebase-admin 13.10.0, whose ES modules are wrappers of its CommonJS.
#
# What helps: return undefined from onResolve if the plugin has changed nothing, so that esbuild resolves again.
#
# Exits 0 if it is still so, and 1 if it has changed.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --silent --no-audit --no-fund --save-exact esbuild@0.28.2 firebase-admin@13.10.0

echo "import { AppErrorCodes } from 'firebase-admin/app'; console.log(AppErrorCodes.NO_APP);" >main.mjs
cat >build.mjs <<'JS'
import { build } from 'esbuild';

const OWN = Symbol('own question');
const plugin = {
  name: 'asks and agrees',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^firebase-admin/ }, async ({ path, pluginData, ...args }) => {
      if (pluginData === OWN) return undefined;
      const answer = await resolve(path, { ...args, pluginData: OWN });
      return { path: answer.path };
    });
  },
};
const options = { entryPoints: ['main.mjs'], bundle: true, platform: 'node', logLevel: 'error' };
await build({ ...options, outfile: 'plain.cjs' });
await build({ ...options, outfile: 'plugin.cjs', plugins: [plugin] });
JS
node build.mjs

said() {
  node "$1" 2>&1 | grep -E -m 1 '^no-app|^[A-Za-z]*Error: ' || true
}

node=$(said main.mjs)
plain=$(said plain.cjs)
plugin=$(said plugin.cjs)
echo "esbuild 0.28.2, firebase-admin 13.10.0, node $(node --version)"
echo "node:                 $node"
echo "esbuild:              $plain"
echo "esbuild, with plugin: $plugin"

[ "$node" = no-app ] && [ "$plain" = no-app ] && case $plugin in TypeError:*) ;; *) exit 1 ;; esac
