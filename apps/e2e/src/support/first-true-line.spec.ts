import { firstTrueLine } from './first-true-line';

describe(firstTrueLine, () => {
  it("is the guard's sentence, without the chain of files", () => {
    const output = `
> nx run worker:build

The bundle guard found one problem in "worker". Nothing was written.

1. The package "one" imports "two" without declaring it, so the version it
   gets is a matter of chance.

     apps/worker/src/main.ts:9
     └ apps/worker/src/processors.generated.ts:9

 NX   Running target build for project worker failed`;
    expect(firstTrueLine(output)).toBe(
      'The package "one" imports "two" without declaring it, so the version it gets is a matter of chance.',
    );
  });

  it('is the reason, not what npm, Nx and a stack say around it', () => {
    const output = `npm warn deprecated old@1.0.0
\u001b[31m> nx run worker:build\u001b[39m
starting
Error: Cannot find module './parser'
    at Function.load (node:internal/modules:1:1)`;
    expect(firstTrueLine(output)).toBe("Error: Cannot find module './parser'");
  });

  it('is what npm says of a lock, not its code', () => {
    const output = `npm error code EUSAGE
npm error
npm error Missing: entities@4.5.0 from lock file`;
    expect(firstTrueLine(output)).toBe('npm error Missing: entities@4.5.0 from lock file');
  });

  it('names no temporary folder', () => {
    expect(firstTrueLine('Cannot load file:///tmp/e2e-workspace-a1B2/node_modules/a/b.js')).toBe(
      'Cannot load node_modules/a/b.js',
    );
  });

  it('is the first line if none gives a reason, and never nothing', () => {
    expect(firstTrueLine('one\ntwo')).toBe('one');
    expect(firstTrueLine('\n')).toBe('no output');
  });
});
