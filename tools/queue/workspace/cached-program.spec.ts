import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LOADER = JSON.stringify(join(__dirname, 'cached-program.cjs'));

const PROGRAM = `(function (exports, require) { 'use strict';
exports.default = (name) => console.log(require('node:path').join('hello', require('part#greeting.js')(name)));
})`;

const PART = `(function (exports, require, module) { 'use strict';
function upper(name) { return name.toUpperCase(); }
module.exports = { 'greeting.js': () => upper };
})`;

describe('a packed program', () => {
  let folder: string;
  const write = (name: string, content: string | Uint8Array): void => {
    writeFileSync(join(folder, name), content);
  };
  const code = (): Buffer => readFileSync(join(folder, 'part.greet.code'));

  /** In a process of its own: V8 keeps what it has compiled once. */
  const run = (): string =>
    execFileSync(process.execPath, [
      '-e',
      `const program = require(${LOADER}).loadProgram(${JSON.stringify(join(folder, 'program.cjs'))}, 'greet');
       program.exports.default('ada'); program.keepCode();`,
    ])
      .toString()
      .trim();

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cached-program-'));
    write('program.cjs', PROGRAM);
    write('part.cjs', PART);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('keeps the code of each file that it has loaded, and runs with it the next time', () => {
    expect(run()).toBe('hello/ADA');
    expect(
      readdirSync(folder)
        .filter((name) => name.endsWith('.code'))
        .sort(),
    ).toEqual(['part.greet.code', 'program.greet.code']);
    // The code is used: it is that of another text of the same length.
    write('part.cjs', PART.replace('toUpperCase', 'toLowerCase'));
    expect(run()).toBe('hello/ADA');
  });

  it.each([
    ['changed', (kept: Buffer) => kept.fill(85, kept.length / 2, kept.length / 2 + 40)],
    ['cut off', (kept: Buffer) => kept.subarray(0, kept.length - 8)],
    ['empty', () => Buffer.of()],
    ['that of another V8', (kept: Buffer) => withHash(kept.subarray(32).fill(0, 0, 8))],
  ])('passes over code that is %s, and replaces it', (_, spoil) => {
    run();
    const whole = code();
    write('part.greet.code', spoil(Buffer.from(whole)));
    expect(run()).toBe('hello/ADA');
    expect(code()).toHaveLength(whole.length);
    write('part.cjs', PART.replace('toUpperCase', 'toLowerCase'));
    expect(run()).toBe('hello/ADA');
  });

  it('runs where it cannot keep its code', () => {
    mkdirSync(join(folder, 'part.greet.code'));
    expect(run()).toBe('hello/ADA');
    expect(readdirSync(folder).sort()).toEqual([
      'part.cjs',
      'part.greet.code',
      'program.cjs',
      'program.greet.code',
    ]);
  });
});

function withHash(code: Buffer): Buffer {
  return Buffer.concat([createHash('sha256').update(code).digest(), code]);
}
