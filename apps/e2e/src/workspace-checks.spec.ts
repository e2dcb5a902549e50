import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { workspaceRoot } from './support/ship';

const read = (file: string) => readFile(join(workspaceRoot, file), 'utf8');

test('the checks of the whole workspace use the options that each project has', async () => {
  const { stdout } = await promisify(execFile)('git', ['ls-files', '*tsconfig.json'], {
    cwd: workspaceRoot,
  });
  const files = stdout.trim().split('\n');
  const configs = await Promise.all(
    files.map(async (file) => ({
      folder: dirname(file),
      config: JSON.parse(await read(file)) as { compilerOptions?: object },
    })),
  );
  const special = configs.filter(({ config }) => config.compilerOptions !== undefined);
  const [typecheck, lint] = await Promise.all(
    ['package.json', 'eslint.workspace.config.mjs'].map(read),
  );
  // A project with options of its own has to be named by both, as it cannot be in the common program.
  for (const { folder } of special) {
    expect(typecheck).toContain(`tsc -p ${folder}`);
    expect(lint).toContain(`'${folder}/tsconfig.json'`);
  }
  expect(configs.length).toBeGreaterThan(special.length);
});
