#!/bin/sh
# @nx/js 23.2.1: `createPackageJson` keeps the `overrides` of a workspace for one project, and drops those that are nested.
#
# npm lets an override apply to the dependencies of one package: `{ "debug": { "ms": "2.1.2" } }`. In the package.json
# that Nx writes for what is deployed, an override of `ms` everywhere is there, and the nested one is not. The lock file
# that `createLockFile` prunes holds the version of the override, so `npm ci` refuses the two together; and with no lock
# file the package gets the version that the workspace has ruled out.
#
# Who meets it: builds with `generatePackageJson` in a workspace that overrides a dependency for one package only. What
# helps: add the override to the output's package.json.
#
# Exits 0 if it is still so, and 1 if it has changed.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export NX_DAEMON=false NX_NO_CLOUD=true CI=true
echo '{ "analytics": false, "neverConnectToCloud": true }' >nx.json
mkdir -p apps/mailer/src dist
echo '{ "name": "mailer", "sourceRoot": "apps/mailer/src", "targets": {} }' >apps/mailer/project.json
echo "import 'debug';" >apps/mailer/src/main.ts
cat >prune.cjs <<'JS'
const { writeFileSync } = require('node:fs');
const { createProjectGraphAsync } = require('@nx/devkit');
const { createLockFile, createPackageJson } = require('@nx/js');

createProjectGraphAsync({ exitOnError: true }).then((graph) => {
  const manifest = createPackageJson('mailer', graph, { isProduction: true, root: process.cwd() });
  writeFileSync('dist/package.json', JSON.stringify(manifest));
  writeFileSync('dist/package-lock.json', createLockFile(manifest, graph, 'npm'));
  process.exit();
});
JS
try() { # NAME OVERRIDES
  cat >package.json <<JSON
{
  "name": "workspace",
  "version": "0.0.0",
  "private": true,
  "dependencies": { "debug": "4.4.0" },
  "devDependencies": { "@nx/devkit": "23.2.1", "@nx/js": "23.2.1", "nx": "23.2.1", "typescript": "5.9.3" },
  "overrides": $2
}
JSON
  rm -rf node_modules package-lock.json
  npm install --silent --no-audit --no-fund --ignore-scripts
  node prune.cjs >/dev/null
  (
    cd dist
    if npm ci --dry-run --ignore-scripts --no-audit --no-fund >log 2>&1; then verdict=taken; else verdict=refused; fi
    echo "$1: overrides $(node -p 'JSON.stringify(require("./package.json").overrides)'), npm ci: $verdict"
  )
}
echo "@nx/js 23.2.1, npm $(npm --version), node $(node --version)"
output=$(
  try everywhere '{ "ms": "2.1.2" }'
  try nested '{ "debug": { "ms": "2.1.2" } }'
)
echo "$output"

[ "$output" = 'everywhere: overrides {"ms":"2.1.2"}, npm ci: taken
nested: overrides undefined, npm ci: refused' ]
