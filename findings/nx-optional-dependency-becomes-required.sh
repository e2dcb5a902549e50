#!/bin/sh
# @nx/js 23.2.1: `createPackageJson` puts an optional dependency of the workspace among the required ones of a project.
#
# A package in `optionalDependencies` is one that some machines cannot have: npm goes on without it, and the code catches
# the failed import. The package.json that Nx writes for what is deployed names it in `dependencies`, so `npm ci` or
# `npm install` there ends with EBADPLATFORM.
#
# Who meets it: builds with `generatePackageJson` that import a package for one system only, such as `fsevents`, and run
# on another one. What helps: move the name to `optionalDependencies` in the output, in package.json and the lock file.
#
# Runs on Linux. Exits 0 if it is still so, and 1 if it has changed.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export NX_DAEMON=false NX_NO_CLOUD=true CI=true
cat >package.json <<'JSON'
{
  "name": "workspace",
  "version": "0.0.0",
  "private": true,
  "optionalDependencies": { "fsevents": "2.3.3" },
  "devDependencies": { "@nx/devkit": "23.2.1", "@nx/js": "23.2.1", "nx": "23.2.1", "typescript": "5.9.3" }
}
JSON
npm install --silent --no-audit --no-fund --ignore-scripts
echo '{ "analytics": false, "neverConnectToCloud": true }' >nx.json
mkdir -p apps/watcher/src dist
echo '{ "name": "watcher", "sourceRoot": "apps/watcher/src", "targets": {} }' >apps/watcher/project.json
echo "export const events = () => import('fsevents').catch(() => undefined);" >apps/watcher/src/main.ts

cat >prune.cjs <<'JS'
const { writeFileSync } = require('node:fs');
const { createProjectGraphAsync } = require('@nx/devkit');
const { createPackageJson } = require('@nx/js');

createProjectGraphAsync({ exitOnError: true }).then((graph) => {
  const manifest = createPackageJson('watcher', graph, { isProduction: true, root: process.cwd() });
  for (const kind of ['dependencies', 'optionalDependencies']) {
    console.log(`${kind}: ${JSON.stringify(manifest[kind])}`);
  }
  writeFileSync('dist/package.json', JSON.stringify(manifest));
  process.exit();
});
JS
outcome() {
  if npm install --dry-run --ignore-scripts --no-audit --no-fund >log 2>&1; then
    echo installed
  else
    grep -o 'code E[A-Z]*' log
  fi
}
echo "@nx/js 23.2.1, npm $(npm --version), node $(node --version)"
output=$(
  echo "workspace: $(outcome)"
  node prune.cjs
  cd dist
  echo "output: $(outcome)"
)
echo "$output"

[ "$output" = 'workspace: installed
dependencies: {"fsevents":"2.3.3"}
optionalDependencies: undefined
output: code EBADPLATFORM' ]
