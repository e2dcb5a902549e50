#!/bin/sh
# @nx/js 23.2.1: the lock file that `createLockFile` prunes for one project is refused by `npm ci`, if a package deep in
# the tree needs an older version of what its neighbours need.
#
# `mjml` 4 brings `web-resource-inliner`, which needs `domhandler` 3; its own `domutils` and `dom-serializer` need 4, and
# the rest of the tree needs 5. npm nests each version where it is looked up. The pruned file holds the same versions, and
# puts one of them into a place where another is looked up. `createLockFile` reports no error, so the build passes;
# `npm ci` in the output folder, often a step of a Dockerfile, ends with EUSAGE.
#
# Who meets it: projects that mail by mjml 4 and are built with Nx's `generateLockfile`, and others with such a tree.
# What helps: `npm install --package-lock-only` in the output folder, which makes the file anew, with versions that may
# be newer than the tested ones; or a pruner that resolves each name as Node does.
#
# Exits 0 if it is still so, and 1 if it has changed.
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
  "dependencies": { "mjml": "4.15.3" },
  "devDependencies": { "@nx/devkit": "23.2.1", "@nx/js": "23.2.1", "nx": "23.2.1", "typescript": "5.9.3" }
}
JSON
npm install --silent --no-audit --no-fund --ignore-scripts
echo '{ "analytics": false, "neverConnectToCloud": true }' >nx.json
mkdir -p apps/mailer/src dist
echo '{ "name": "mailer", "sourceRoot": "apps/mailer/src", "targets": {} }' >apps/mailer/project.json
echo "import 'mjml';" >apps/mailer/src/main.ts

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
verdict() {
  if npm ci --dry-run --ignore-scripts --no-audit --no-fund >"$folder/log" 2>&1; then echo taken; else echo refused; fi
}
echo "@nx/js 23.2.1, npm $(npm --version), node $(node --version)"
whole=$(verdict)
echo "npm ci with the workspace's own lock file: $whole"
node prune.cjs >/dev/null
cd dist
pruned=$(verdict)
echo "npm ci with the pruned one: $pruned"
grep -E 'Missing:|Invalid:' "$folder/log"

[ "$whole $pruned" = 'taken refused' ]
