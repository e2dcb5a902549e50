import { execFile } from 'node:child_process';
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
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

/** Lints the files of a folder with the rule alone, but for generated ones. Argument: the folder. stdout: the messages. */
const LINT = `
  import { ESLint } from 'eslint';
  import tseslint from 'typescript-eslint';
  import { typeErrors } from './tools/lint/type-errors.mjs';
  const [cwd] = process.argv.slice(1);
  const parserOptions = { project: ['tsconfig.json'], tsconfigRootDir: cwd };
  const linted = {
    files: ['**/*.ts'],
    languageOptions: { parser: tseslint.parser, parserOptions },
    plugins: { workspace: { rules: { 'type-errors': typeErrors } } },
    rules: { 'workspace/type-errors': 'error' },
  };
  const overrideConfig = [{ ignores: ['*.generated.ts'] }, linted];
  const results = await new ESLint({ cwd, overrideConfigFile: true, overrideConfig }).lintFiles(['.']);
  console.log(JSON.stringify(results.flatMap(({ messages }) => messages.map(({ message }) => message))));
`;

test('linting with the errors of the compiler names each once, also in a file that is not linted', async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'type-errors-')));
  const files = {
    'tsconfig.json': '{ "compilerOptions": { "strict": true, "types": [], "lib": ["es2023"] } }',
    'fine.ts': 'export function fine(unused: number): void {}\n',
    'wrong.ts': `import { made } from './made.generated';\nexport const text: string = made;\n`,
    'made.generated.ts': `export const made: number = 'text';\n`,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', LINT, folder],
    { cwd: workspaceRoot },
  );
  await rm(folder, { recursive: true });
  expect((JSON.parse(stdout) as string[]).sort()).toEqual([
    `made.generated.ts(1,14): error TS2322: Type 'string' is not assignable to type 'number'.`,
    `wrong.ts(2,14): error TS2322: Type 'number' is not assignable to type 'string'.`,
  ]);
});
