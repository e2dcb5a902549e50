'use strict';
// Started in advance by `nx serve`: loads the packages that the application has loaded, and becomes the next version
// of the application when preload.cjs is told so. Its argument: the file that lists them.
const { readFileSync } = require('node:fs');
const { pathToFileURL } = require('node:url');

// The channel to serve does not keep the process alive.
const waiting = setInterval(() => {}, 2 ** 30);

process.once('queue.serve.run', (main, args) => {
  clearInterval(waiting);
  process.argv = [process.argv[0], main, ...args];
  import(pathToFileURL(main).href);
});

for (const file of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
  try {
    require(file);
  } catch {
    // One that is there no more, or cannot be loaded first: the application loads what it needs.
  }
}
