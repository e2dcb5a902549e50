// Every project's jest.config.cjs starts from this: the import paths of tsconfig.base.json, which stay the only place that
// names them, and an environment that fails a test file which leaves a connection, server, process or timer open.
const fileTransform = require('./tools/jest/file-transform.cjs');
const { paths } = require('./tsconfig.base.json').compilerOptions;

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

const moduleNameMapper = Object.fromEntries(
  Object.entries(paths).map(([name, [target]]) => [
    `^${name.split('*').map(escape).join('(.+)')}$`,
    `${__dirname}/${target.replace('./', '').replace('*', '$1')}`,
  ]),
);

const parser = { syntax: 'typescript', decorators: true };
const transform = { legacyDecorator: true, decoratorMetadata: true };

module.exports = {
  testEnvironment: `${__dirname}/libs/testing/src/leak-check.environment.ts`,
  testMatch: ['<rootDir>/**/*.spec.{ts,tsx}'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/tmp/'],
  moduleNameMapper,
  setupFiles: [require.resolve('reflect-metadata')],
  transform: {
    // Imported files that are not code, such as .sql.
    [fileTransform.pattern]: require.resolve('./tools/jest/file-transform.cjs'),
    '\\.ts$': [
      '@swc/jest',
      { swcrc: false, jsc: { target: 'es2022', keepClassNames: true, parser, transform } },
    ],
  },
  // By default Jest 30.5 replaces what a test file leaves on shared objects, and so breaks the next file: a
  // subscriber of a diagnostics channel, for example.
  testEnvironmentOptions: { globalsCleanup: 'off' },
  testTimeout: 120_000,
  restoreMocks: true,
};
