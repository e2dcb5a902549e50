// What `nx g nx-job-queue:processor <name>` does, without the start of Nx, which takes seconds: writes into the workspace
// in this folder, and prints the files.
const { dirname, join } = require('node:path');
const { flushChanges, FsTree } = require('nx/src/generators/tree');

async function main(name) {
  const manifest = require.resolve('nx-job-queue/package.json');
  const collection = join(dirname(manifest), require(manifest).generators);
  const { factory } = require(collection).generators.processor;
  const { default: generate } = require(join(dirname(collection), factory));
  const tree = new FsTree(process.cwd(), false);
  await generate(tree, { name });
  const changes = tree.listChanges();
  flushChanges(tree.root, changes);
  console.log(JSON.stringify(changes.map(({ path }) => path).sort()));
}

main(process.argv[2]);
