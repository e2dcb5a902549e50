// Every project's jest.config.cjs starts from this: sources and packages that are compiled as for a
// bundle (tools/queue/jest), the import paths of tsconfig.base.json, which stay the only place that names them, and
// an environment that fails a test file which leaves a connection, server, process or timer open.
const fileTransform = require('./tools/queue/jest/file-transform.cjs');
const { paths } = require('./tsconfig.base.json').compilerOptions;

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

const moduleNameMapper = Object.fromEntries(
  Object.entries(paths).map(([name, [target]]) => [
    `^${name.split('*').map(escape).join('(.+)')}$`,
    `${__dirname}/${target.replace('./', '').replace('*', '$1')}`,
  ]),
);

module.exports = {
  testEnvironment: `${__dirname}/libs/testing/src/leak-check.environment.ts`,
  testMatch: ['<rootDir>/**/*.spec.{ts,tsx}'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/tmp/'],
  moduleNameMapper,
  setupFiles: [
    require.resolve('reflect-metadata'),
    require.resolve('./tools/queue/jest/program-setup.cjs'),
  ],
  transform: {
    [fileTransform.pattern]: require.resolve('./tools/queue/jest/file-transform.cjs'),
    '\\.(?:[cm]?[jt]s|[jt]sx)$': require.resolve('./tools/queue/jest/source-transform.cjs'),
  },
  resolver: require.resolve('./tools/queue/jest/resolver.cjs'),
  // By default Jest 30.5 replaces what a test file leaves on shared objects, and so breaks the next file: a
  // subscriber of a diagnostics channel, for example.
  testEnvironmentOptions: { globalsCleanup: 'off' },
  testTimeout: 120_000,
  restoreMocks: true,
};
