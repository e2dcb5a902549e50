#!/bin/sh
# create-nx-workspace 23.2.1 with pnpm 12.21.0: a new workspace with `--preset=nest` fails, and is left half made.
#
# pnpm from 11 on ends with an error if a package has an install script that nobody has allowed. The new workspace allows
# that of `nx` alone; the preset adds `@parcel/watcher`, which has one too, so the second install of the command ends with
# ERR_PNPM_IGNORED_BUILDS. The folder stays, without an application, and the same command refuses to run
# again because the folder exists. A preset without such packages (`--preset=apps`) works.
#
# Who meets it: teams that start with pnpm as it is today. What helps: `--preset=apps`, then `pnpm approve-builds` or
# `allowBuilds` in pnpm-workspace.yaml, then `nx add @nx/nest`.
#
# Takes about 2 minutes. Exits 0 if it is still so, and 1 if it has changed.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export HOME="$folder" NX_DAEMON=false NX_NO_CLOUD=true CI=true
unset NX_CACHE_DIRECTORY
mkdir tools
cd tools
echo '{ "private": true }' >package.json
npm install --silent --no-audit --no-fund --save-exact pnpm@12.21.0 create-nx-workspace@23.2.1
PATH="$folder/tools/node_modules/.bin:$PATH"
cd ..

create() { # NAME FLAGS…
  name=$1
  shift
  if create-nx-workspace "$name" "$@" --pm=pnpm --nxCloud=skip --skipGit --no-interactive >log 2>&1; then
    ended=created
  else
    ended=failed
  fi
  echo "$name: $ended, mentions $(grep -c 'ERR_PNPM_IGNORED_BUILDS' log || true) ignored builds"
}
output=$(
  create plain --preset=apps
  create shop --preset=nest --appName=api --docker=false
)
echo "create-nx-workspace 23.2.1, pnpm $(pnpm --version), node $(node --version)"
echo "$output"

[ "$output" = 'plain: created, mentions 0 ignored builds
shop: failed, mentions 1 ignored builds' ]
