'use strict';
// Loaded before the application by `nx serve`, and only there. Through one socket it learns that
// serve is gone, even by SIGKILL, and reports to serve how the application ended: serve is not its parent
// (see served-process.ts), so that the operating system does not.
const { writeFileSync, writeSync } = require('node:fs');
const nodeModule = require('node:module');
const { Socket } = require('node:net');
const { isMainThread } = require('node:worker_threads');

// Stack traces name lines of the TypeScript sources. The maps of npm packages are of no use here, and
// reading hundreds of them takes longer than all else; Node can leave them out since 22.14.
if (nodeModule.setSourceMapsSupport) nodeModule.setSourceMapsSupport(true, { nodeModules: false });
else process.setSourceMapsEnabled(true);

/** How long an application whose serve is gone may go on finishing its work. */
const ORPHAN_LIMIT = 60_000;
const VARIABLE = 'QUEUE_SERVE_CHANNEL';

const fd = Number(process.env[VARIABLE]);
// Processes and threads that the application starts have no such channel.
delete process.env[VARIABLE];
if (isMainThread && fd > 0) watchOver(fd);

function watchOver(descriptor) {
  let isStopping = false;
  // If no one reads the output any more, writing it must not end the application early.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  writeSync(descriptor, `pid ${process.pid}\n`);
  process.once('exit', (code) => {
    try {
      writeSync(descriptor, `exit ${code}\n`);
    } catch {
      // serve is gone: no one to report to.
    }
  });

  const channel = new Socket({ fd: descriptor, readable: true, writable: false });
  channel.unref();
  channel.on('error', () => {});
  channel.setEncoding('utf8');
  channel.on('data', (text) => {
    for (const line of text.split('\n')) {
      const [word, ...values] = line.split(' ');
      if (word === 'stop') isStopping = true;
      if (word === 'list') {
        writeLoaded(JSON.parse(values.join(' ')));
        writeSync(descriptor, 'listed\n');
      }
      // For spare.cjs.
      if (word === 'run') process.emit('queue.serve.run', ...JSON.parse(values.join(' ')));
    }
  });
  channel.once('close', () => {
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), ORPHAN_LIMIT).unref();
    if (!isStopping) process.kill(process.pid, 'SIGTERM');
  });
}

/** The files of packages that are loaded, in their order, for a process that loads them in advance. */
function writeLoaded(path) {
  const files = Object.keys(require.cache).filter((file) =>
    /[\\/]node_modules[\\/].*\.c?js$/.test(file),
  );
  writeFileSync(path, JSON.stringify(files));
}
