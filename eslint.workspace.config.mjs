// The rules of eslint.config.mjs, with the types of all projects from one program. Linting everything
// project by project makes a program of nearly the same files for each of them.
import { createProjectGraphAsync } from '@nx/devkit';
import config from './eslint.config.mjs';

// The rule of the project boundaries reads the graph from a file, and checks nothing if there is none.
await createProjectGraphAsync({ exitOnError: true, resetDaemonClient: true });

export default [
  ...config,
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: {
      parserOptions: {
        projectService: false,
        project: [
          'tsconfig.workspace.json',
          'libs/queue/src/page/client/tsconfig.json',
          'tools/queue/report/page/client/tsconfig.json',
        ],
        tsconfigRootDir: import.meta.dirname,
      },
    },
  },
];
