// What the resolver finds and the transform hands to Jest, in one place for both.
const { requireSource, version } = require('./require-source.cjs');

const { PackageCompiler } = requireSource('package-compiler.ts');
module.exports = new PackageCompiler(version);
