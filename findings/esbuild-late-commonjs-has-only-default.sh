#!/bin/sh
# esbuild 0.28.2 with `splitting`: `await import()` of a CommonJS package has `default`, and no names.
#
# Node finds the names that a CommonJS module exports in its text, so `const { satisfies } = await import('semver')`
# works. Bundled without `splitting` it works too. With `splitting` the package becomes a chunk that exports `default`
# alone: `satisfies` is undefined, with no warning, and the code fails where it calls it.
#
# Who meets it: bundles that load a heavy package only when it is needed. What helps: `(await import('semver')).default`,
# which is the same in Node; or a build that adds the names to such chunks.
#
# Exits 0 if it is still so, and 1 if it has changed.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund --save-exact esbuild@0.28.2 semver@7.8.6

echo "const { satisfies } = await import('semver'); console.log(typeof satisfies);" >main.js
require="import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"
bundle() { # FOLDER OPTIONS…
  out=$1
  shift
  npx esbuild main.js --bundle --format=esm --platform=node --log-level=warning --banner:js="$require" --outdir="$out" "$@"
}
output=$(
  echo "node: $(node main.js)"
  bundle whole
  echo "bundled: $(node whole/main.js)"
  bundle split --splitting
  echo "bundled with splitting: $(node split/main.js)"
)
echo "esbuild 0.28.2, semver 7.8.6, node $(node --version)"
echo "$output"

[ "$output" = 'node: function
bundled: function
bundled with splitting: undefined' ]
