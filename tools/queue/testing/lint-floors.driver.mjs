// Lints the TypeScript files of projects with the rule of the floors alone. Arguments: their folders.
// stdout: the messages of each.
//
// A program of its own, because Jest cannot load a rule that is an ES module.
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { floors } from '../eslint/floors.mjs';

const lint = async (cwd) => {
  const eslint = new ESLint({
    cwd,
    overrideConfigFile: true,
    overrideConfig: {
      files: ['**/*.ts'],
      languageOptions: { parser: tseslint.parser },
      plugins: { queue: { rules: { floors } } },
      rules: { 'queue/floors': 'error' },
    },
  });
  const results = await eslint.lintFiles(['**/*.ts']);
  return results.flatMap(({ messages }) => messages.map(({ message }) => message));
};

process.stdout.write(JSON.stringify(await Promise.all(process.argv.slice(2).map(lint))));
