// Writes Nx's project graph of the working directory to a file: `node write-graph.cjs <file>`. A program of its own,
// because Nx works in one workspace for as long as a process lives.
'use strict';

const { writeFileSync } = require('node:fs');

const { createProjectGraphAsync } = require(
  require.resolve('@nx/devkit', { paths: [process.cwd()] }),
);

createProjectGraphAsync({ exitOnError: false, resetDaemonClient: true }).then(
  (graph) => {
    writeFileSync(process.argv[2], JSON.stringify(graph));
    process.exit(0);
  },
  (error) => {
    console.error(error.message);
    process.exit(1);
  },
);
