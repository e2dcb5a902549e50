#!/bin/sh
# nx 23.2.1: the folder of cached results, restored without its database, gives no hits.
#
# Nx keeps what tasks have written in a folder `cache`, and which results there are in an SQLite database in the folder
# `databases` beside it. In a repository of git both are in the home folder, in `.nx/<id>`, and not in `.nx/cache` of the
# workspace. A step of CI that saves and restores `.nx/cache` saves nothing; one that does it with the folder `cache` alone
# brings the results back, and each task runs all the same. The file of the database is named after the machine, so that
# a new container does not find that of another one either.
#
# Who meets it: workflows that keep `.nx/cache` between runs. What helps: to save the whole folder of NX_CACHE_DIRECTORY with
# its database, and to give each container the same /etc/machine-id; or a remote cache.
#
# Exits 0 if it is still so, and 1 if it has changed.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export NX_DAEMON=false NX_NO_CLOUD=true NO_COLOR=1 npm_config_cache="$folder/npm"
unset CI NX_CACHE_DIRECTORY NX_WORKSPACE_DATA_DIRECTORY NX_SKIP_NX_CACHE NX_REJECT_UNKNOWN_LOCAL_CACHE || true
mkdir -p "$folder/workspace/app" "$folder/first"
cd "$folder/workspace"
echo '{ "name": "workspace", "version": "0.0.0", "private": true, "devDependencies": { "nx": "23.2.1" } }' >package.json
npm install --silent --no-audit --no-fund
echo '{ "analytics": false, "neverConnectToCloud": true, "tui": { "enabled": false } }' >nx.json
cat >app/project.json <<'JSON'
{
  "name": "app",
  "targets": {
    "build": { "command": "echo ran >> $LOG", "cache": true, "outputs": [] }
  }
}
JSON
printf 'node_modules\n.nx\n' >.gitignore
git init -q
git add -A
git -c user.name=somebody -c user.email=somebody@example.com commit -q -m first
export LOG="$folder/log"

# Whether the task ran, with this home folder and without what a workspace keeps in .nx.
build() { # HOME
  : >"$LOG"
  rm -rf .nx
  HOME=$1 node node_modules/nx/dist/bin/nx.js build app >/dev/null 2>&1
  if [ -s "$LOG" ]; then echo "ran"; else echo "from the cache"; fi
}
# Another home folder with some of the folders of the first one.
home_with() { # NAME…
  home=$(mktemp -d -p "$folder")
  for name in "$@"; do
    (cd "$folder/first" && find . -type d -name "$name" -path './.nx/*' -prune) | while read -r found; do
      mkdir -p "$home/$(dirname "$found")"
      cp -r "$folder/first/$found" "$home/$(dirname "$found")/"
    done
  done
  echo "$home"
}

echo "nx 23.2.1, node $(node --version)"
output=$(
  echo "the first time: $(build "$folder/first")"
  echo "in .nx of the workspace: $(find .nx -name cache -type d | wc -l | tr -d ' ') folders called cache"
  echo "again: $(build "$folder/first")"
  echo "with the folder cache alone: $(build "$(home_with cache)")"
  echo "with cache and databases: $(build "$(home_with cache databases)")"
)
echo "$output"

[ "$output" = 'the first time: ran
in .nx of the workspace: 0 folders called cache
again: from the cache
with the folder cache alone: ran
with cache and databases: from the cache' ]
