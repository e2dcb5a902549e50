// The rules of eslint.workspace.config.mjs, and what the compiler says of the same programs. A type check in a process of
// its own would read and check every file a second time, which takes a minute of processor time.
import config from './eslint.workspace.config.mjs';
import { typeErrors } from './tools/lint/type-errors.mjs';

export default [
  ...config,
  {
    files: ['**/*.ts', '**/*.tsx'],
    plugins: { workspace: { rules: { 'type-errors': typeErrors } } },
    rules: { 'workspace/type-errors': 'error' },
  },
];
