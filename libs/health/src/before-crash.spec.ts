import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Runs a process whose last thing takes a moment. */
function run(code: string) {
  const setUp = `
    const { beforeCrash } = require(${JSON.stringify(join(__dirname, 'before-crash.ts'))});
    const { setTimeout: pause } = require('node:timers/promises');
    beforeCrash(async () => { await pause(20); console.log('flushed'); });`;
  return spawnSync(process.execPath, ['--import', 'tsx', '-e', setUp + code], {
    cwd: __dirname,
    encoding: 'utf8',
  });
}

describe('a process that crashes', () => {
  it.each([
    ['an error', `throw new Error('broken wire')`],
    ['a rejection', `Promise.reject(new Error('broken wire'))`],
  ])('does its last thing, then ends as Node ends it: %s', (_, code) => {
    const { stdout, stderr, status } = run(`setTimeout(() => { ${code}; })`);
    expect(stdout).toBe('flushed\n');
    expect(stderr).toContain('Error: broken wire\n    at ');
    expect(stderr).toMatch(/Node\.js v\d+/);
    expect(status).toBe(1);
  });

  it('is left to another listener that keeps it', () => {
    const { stdout, stderr, status } = run(`
      process.on('uncaughtException', (error) => { console.log('kept: ' + error.message); });
      setTimeout(() => { throw new Error('broken wire'); });`);
    expect(stdout).toBe('kept: broken wire\nflushed\n');
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});
