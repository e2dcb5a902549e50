// Jest's resolver.
const packages = require('./packages.cjs');
const { requireSource } = require('./require-source.cjs');

const { PackageResolver } = requireSource('package-resolver.ts');
const resolver = new PackageResolver(packages);
module.exports = (path, options) => resolver.resolve(path, options);
