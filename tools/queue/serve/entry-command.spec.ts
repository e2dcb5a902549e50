import { entryCommand } from './entry-command';

const bundle = {
  workspaceRoot: '/my work',
  entryPoints: {
    main: '/my work/apps/api/src/main.ts',
    migrate: '/my work/apps/api/src/migrate.ts',
  },
  outputPath: '/my work/dist/serve/api/7',
};

it.each([
  [
    'tsx --tsconfig tsconfig.base.json apps/api/src/migrate.ts apply',
    'node "/my work/dist/serve/api/7/migrate.js" apply',
  ],
  ['tsx apps/api/src/migrate.ts', 'node "/my work/dist/serve/api/7/migrate.js"'],
  ['tsx apps/api/src/seed.ts', 'tsx apps/api/src/seed.ts'],
  ['node apps/api/src/migrate.ts', 'node apps/api/src/migrate.ts'],
])('a command before the start runs what is bundled already: %s', (command, expected) => {
  expect(entryCommand(command, bundle)).toBe(expected);
});
