#!/bin/sh
# jest 30.5.2, with its defaults: a test file fails because of what another file has left in the process.
#
# Between test files Jest "soft deletes" what a file has put on globalThis: it replaces each property, also of
# the objects inside, by a getter and a setter that warn. Its documentation promises a warning, and no more,
# for those who still use them. But the setter of a plain value calls Reflect.set on the same property, and so
# itself: the first write is "RangeError: Maximum call stack size exceeded".
#
# Who meets it: listeners on objects that all test files of a process share (process, diagnostics channels,
# patched core modules), which agents such as @sentry/node leave there. Then a later, innocent test file that
# sends a request over HTTP fails or hangs.
#
# What helps: testEnvironmentOptions: { globalsCleanup: 'off' }, or 'on', in the configuration.
#
# Exits 0 if it is still so, and 1 if it has changed.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "jest": { "testSequencer": "./by-name.js" } }' >package.json
npm install --silent --no-audit --no-fund --save-exact jest@30.5.2

cat >by-name.js <<'JS'
const { default: Sequencer } = require('@jest/test-sequencer');
module.exports = class extends Sequencer {
  sort = (tests) => [...tests].sort((a, b) => a.path.localeCompare(b.path));
};
JS
cat >first.test.js <<'JS'
const { channel } = require('node:diagnostics_channel');
test('counts what the whole process reports', () => {
  const counts = (globalThis.counts = { jobs: 0 });
  channel('job').subscribe(() => {
    counts.jobs += 1;
  });
});
JS
cat >second.test.js <<'JS'
const { channel } = require('node:diagnostics_channel');
test('reports', () => {
  channel('job').publish({});
});
JS

run() {
  npx jest --runInBand "$@" >"$folder/output.txt" 2>&1 && echo passed || echo failed
}

alone=$(run second)
together=$(run)
reason=$(grep -o -m 1 'RangeError: .*' output.txt || true)
off=$(run --testEnvironmentOptions '{ "globalsCleanup": "off" }')

echo "jest 30.5.2, node $(node --version)"
echo "the second file alone:                   $alone"
echo "after the first one:                     $together ($reason)"
echo "after the first one, globalsCleanup off: $off"

[ "$alone $together $off" = 'passed failed passed' ] &&
  [ "$reason" = 'RangeError: Maximum call stack size exceeded' ]
