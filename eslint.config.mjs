import { existsSync, readFileSync, readdirSync } from 'node:fs';
import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';
import queue from './tools/queue/eslint/index.mjs';

const ONLY_WORKERS = 'Only a worker consumes jobs. To enqueue one, import from @libs/queue.';

/** Tests, and what they share: never part of a program. */
const specs = [
  '**/*.spec.{ts,tsx}',
  'apps/*/src/testing/**',
  'libs/data-access/src/testing/**',
  // template: leave out
  // Not libs/queue/src/testing, which users of the library import.
  'libs/queue/src/*/**/testing/**',
  // template: end
];

/** Folders of the projects below `folder` that have this tag. */
const tagged = (folder, tag) =>
  readdirSync(new URL(`./${folder}/`, import.meta.url)).flatMap((name) => {
    const file = new URL(`./${folder}/${name}/project.json`, import.meta.url);
    if (!existsSync(file)) return [];
    return JSON.parse(readFileSync(file, 'utf8')).tags.includes(tag)
      ? [`${folder}/${name}/**`]
      : [];
  });

/** Which project may import from which. `testing`: what the importer may use besides, in its tests. */
const boundaries = (testing) => [
  'error',
  {
    enforceBuildableLibDependency: false,
    allow: [],
    depConstraints: [
      { sourceTag: 'type:app', onlyDependOnLibsWithTags: ['type:lib', ...testing] },
      { sourceTag: 'type:lib', onlyDependOnLibsWithTags: ['type:lib', ...testing] },
      { sourceTag: 'type:testing', onlyDependOnLibsWithTags: ['type:lib'] },
      // template: leave out
      {
        // The runtime knows no job and no table of this workspace, so that others can install it.
        sourceTag: 'queue:runtime',
        notDependOnLibsWithTags: ['queue:jobs', 'scope:data'],
        bannedExternalImports: ['typeorm', '@nestjs/typeorm'],
      },
      // template: end
      {
        // A contract is bundled into both ends: all it may bring along is the runtime.
        sourceTag: 'queue:jobs',
        onlyDependOnLibsWithTags: ['queue:runtime', ...testing],
      },
      { sourceTag: 'type:tool', onlyDependOnLibsWithTags: ['*'] },
      { sourceTag: 'type:e2e', onlyDependOnLibsWithTags: ['*'] },
    ],
  },
];

export default tseslint.config(
  {
    ignores: [
      '**/dist',
      '**/tmp',
      '**/coverage',
      '**/.services',
      '**/*.generated.ts',
      '**/files/**',
    ],
  },
  {
    files: ['**/*.ts', '**/*.tsx', '**/*.mts'],
    extends: [js.configs.recommended, ...tseslint.configs.strictTypeChecked],
    plugins: { '@nx': nx, queue },
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@nx/enforce-module-boundaries': boundaries([]),
      // template: leave out
      'queue/floors': 'error',
      // template: end
      'queue/processor-isolation': 'error',
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      // Nest describes options by classes, and everybody passes literals for them.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // This workspace declares no enum, and the rule looks up two types for each value: a fifth of the time of linting.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
    },
  },
  {
    files: specs,
    rules: { '@nx/enforce-module-boundaries': boundaries(['type:testing']) },
  },
  {
    files: ['apps/**/*.{ts,tsx}', 'libs/**/*.{ts,tsx}'],
    ignores: [
      ...tagged('apps', 'queue:worker'),
      ...tagged('apps', 'type:e2e'),
      ...tagged('libs', 'queue:runtime'),
      ...tagged('libs', 'queue:worker-app'),
    ],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [{ name: '@libs/queue/consumer', message: ONLY_WORKERS }],
          patterns: [{ group: ['@libs/worker-app/*'], message: ONLY_WORKERS }],
        },
      ],
    },
  },
  {
    files: ['apps/**/*.{ts,tsx}', 'libs/**/*.{ts,tsx}'],
    ignores: [...specs, ...tagged('apps', 'type:e2e')],
    rules: {
      // The same rule under its other name: options of one name would replace those above.
      '@typescript-eslint/no-restricted-imports': [
        'error',
        ...['@libs/queue/testing', '@libs/data-access/testing'].map((name) => ({
          name,
          message: 'Only tests (*.spec.ts) use the test harness.',
        })),
        {
          name: '@libs/queue/cli',
          message:
            'Only the commands of @tools/queue run these programs: nx run <worker>:enqueue, :dead.',
        },
      ],
    },
  },
  prettier,
);
