// Jest's transform of the sources of the workspace.
const packages = require('./packages.cjs');
const { requireSource, version } = require('./require-source.cjs');

const { SourceTransform } = requireSource('source-transform.ts');
module.exports = new SourceTransform(version, packages);
