// Jest's transform of the sources of the workspace.
const { join } = require('node:path');
const packages = require('./packages.cjs');
const { CACHE, requireSource, version, WORKSPACE } = require('./require-source.cjs');

const { CompiledSources } = requireSource('compiled-sources.ts');
const { SourceTransform } = requireSource('source-transform.ts');
const compiled = new CompiledSources(WORKSPACE, join(CACHE, 'sources'));
module.exports = new SourceTransform(version, packages, compiled);
