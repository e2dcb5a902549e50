import { importHead } from './import-head';

describe('the head of a module', () => {
  it.each([
    [
      "import a from './a';\nimport { b } from './b';\nrun();",
      "import a from './a';\nimport { b } from './b'",
    ],
    ["import './a';\nrun('x');", "import './a'"],
    ["export * from './a';\nconst x = Array.from('x');", "export * from './a'"],
    ["import a from // don't\n  './a';\nrun();", "import a from // don't\n  './a';\nrun();"],
    [
      "run(import(/* webpackChunkName: 'b' */ './b'));",
      "run(import(/* webpackChunkName: 'b' */ './b'));",
    ],
    ["import a = require('a');\nrun();", "import a = require('a'"],
    ["run();\nvoid import('./late');\nrun('x');", "run();\nvoid import('./late'"],
    ["type A = import('./a').A;\nrun();", "type A = import('./a'"],
    ['const one = 1;', ''],
    ['const load = require;', 'const load = require;'],
  ])('of %j is %j', (text, head) => {
    expect(importHead(text)).toBe(head);
  });
});
