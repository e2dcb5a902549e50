// Prints the variables of the development services as JSON, and starts what is not running. While all of it runs, which
// is checked here in plain JavaScript, this takes about as long as node does to start; otherwise src/ does the work.
// `npx queue` calls `environment` in its own process, and runs this file only if there is something to start.
'use strict';

const { existsSync, readFileSync } = require('node:fs');
const { connect } = require('node:net');
const { join } = require('node:path');

const root = join(__dirname, '../..');

async function main() {
  const known = await environment(process.env);
  if (known) {
    console.log(JSON.stringify(known));
    return;
  }
  require('tsx/cjs/api').register();
  const { runCommand } = require('./src/run-command.ts');
  const { env } = process;
  const context = { workspaceRoot: root, env, print: console.log, printError: console.error };
  process.exitCode = await runCommand(['environment'], context);
}

/** What `developmentEnvironment` answers, if the services of the last `up` still run. */
async function environment({ DATABASE_URL, SMTP_URL, QUEUE_PAGE }) {
  const { databaseUrl, smtpUrl, postgres, keeper } = readState();
  const checks = [
    ...(DATABASE_URL ? [] : [isPostmaster(postgres) && isServing(databaseUrl, postgres)]),
    // It also stops Postgres when that is not used any more.
    ...(DATABASE_URL && SMTP_URL ? [] : [isServing(smtpUrl, keeper)]),
  ];
  if (!(await Promise.all(checks)).every(Boolean)) return undefined;
  return {
    ...(DATABASE_URL ? {} : { DATABASE_URL: databaseUrl }),
    ...(SMTP_URL ? {} : { SMTP_URL: smtpUrl }),
    ...(QUEUE_PAGE ? {} : { QUEUE_PAGE: 'open' }),
  };
}

function readState() {
  const file = join(root, '.services/services.json');
  try {
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  } catch {
    return {};
  }
}

/** Whether the process of a service lives, and its address takes connections. */
function isServing(url, service) {
  return Boolean(url) && isAlive(service?.pid) && accepts(new URL(url));
}

/** The pid may be another process' by now. Postgres removes the file when it stops. */
function isPostmaster(postgres) {
  if (postgres === undefined) return false;
  const { pid, dataFolder, startedAt } = postgres;
  const file = join(dataFolder, 'postmaster.pid');
  if (!existsSync(file)) return false;
  const [owner, , start, , , , , state] = readFileSync(file, 'utf8').split('\n');
  return (
    Number(owner) === pid && Number(start) * 1_000 === Date.parse(startedAt) && /^ready/.test(state)
  );
}

function isAlive(pid) {
  if (pid === undefined) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Postgres has another account if this one is root.
    return error.code === 'EPERM';
  }
}

function accepts({ hostname, port }) {
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), timeout: 1_000 });
    const settle = (answer) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', settle(true));
    socket.once('error', settle(false));
    socket.once('timeout', settle(false));
  });
}

module.exports = { environment };

if (require.main === module) {
  main().catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
}
