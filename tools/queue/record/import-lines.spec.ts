import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readModuleSyntax } from '../guard/lazy-syntax';
import { DiskFiles, findFiles } from '../workspace/index';
import { importLines } from './import-lines';

const WORKSPACE = resolve(__dirname, '../../..');

it('finds the line of every import in the sources of this workspace, as the parser does', () => {
  const lineOf = importLines(WORKSPACE, {});
  const paths = [
    'apps/worker',
    'libs/queue/src/module',
    'libs/queue/src/cli',
    'tools/queue/bundle',
  ].flatMap((folder) => findFiles(new DiskFiles(WORKSPACE), folder, '.ts'));
  const wrong: string[] = [];
  let count = 0;
  for (const path of paths) {
    const { imports, reExports } = readModuleSyntax(
      path,
      readFileSync(join(WORKSPACE, path), 'utf8'),
    );
    const lines = new Map(
      [...imports, ...reExports].reverse().map((one) => [one.specifier, one.line]),
    );
    for (const [specifier, line] of lines) {
      count += 1;
      const found = lineOf(path, specifier)?.line;
      if (found !== line) wrong.push(`${path}: ${specifier} in ${line}, not ${found ?? '?'}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(count).toBeGreaterThan(300);
});

it('is not led astray by comments, types and strings', () => {
  const folder = mkdtempSync(join(tmpdir(), 'import-lines-'));
  try {
    const text = [
      "// import './a';",
      "/* import './a';",
      "*/ import type { A } from './a';",
      "import type from './b';",
      'const text = "it\'s";',
      'export {',
      "  a } from './a';",
      "import c = require('./c');",
      "const d = await import('./d');",
    ];
    writeFileSync(join(folder, 'x.ts'), text.join('\n'));
    const lineOf = importLines(folder, { 'x.ts': ['./d'] });
    expect(['./a', './b', './c', './d', './e'].map((name) => lineOf('x.ts', name)?.line)).toEqual([
      6,
      4,
      8,
      9,
      undefined,
    ]);
    expect(lineOf('x.ts', './d')?.isAwaited).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
