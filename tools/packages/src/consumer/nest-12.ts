import { ESM_API_SOURCES } from './api-sources';
import type { CreatedWorkspace } from './created-workspace';
import type { WorkspaceKind } from './workspace-kinds';

const ROOT = 'packages/api';

/**
 * Projects are packages, and the api is an ES module with Nest 12, without `@nx/nest`, which takes Nest 10 and 11 only. The
 * plugin builds it too.
 */
export const NEST_12: WorkspaceKind = {
  name: 'nest12',
  preset: 'ts',
  options: [],
  addApi: async (workspace) => {
    const packages = ['common', 'core', 'platform-express'].map((name) => `@nestjs/${name}@12`);
    writeApi(workspace);
    await workspace.run('npm', 'install', ...packages, 'reflect-metadata@0.2', 'rxjs@7');
    // As for each package of such a workspace, which an editor checks.
    const solution = JSON.parse(workspace.readText('tsconfig.json')) as { references?: object[] };
    const references = [...(solution.references ?? []), { path: `./${ROOT}` }];
    workspace.write('tsconfig.json', JSON.stringify({ ...solution, references }, undefined, 2));
  },
  api: { project: 'api', root: ROOT, main: `dist/${ROOT}/main.js` },
  worker: 'dist/packages/worker',
  sources: ESM_API_SOURCES,
};

function writeApi(workspace: CreatedWorkspace): void {
  const json = (path: string, content: object) => {
    workspace.write(`${ROOT}/${path}`, `${JSON.stringify(content, undefined, 2)}\n`);
  };
  json('package.json', {
    name: '@shop/api',
    version: '0.0.1',
    private: true,
    type: 'module',
    nx: { name: 'api', targets: { build: { executor: 'nx-job-queue:build' } } },
  });
  json('tsconfig.json', {
    extends: '../../tsconfig.base.json',
    files: [],
    include: [],
    references: [{ path: './tsconfig.app.json' }],
  });
  json('tsconfig.app.json', {
    extends: '../../tsconfig.base.json',
    compilerOptions: {
      rootDir: 'src',
      outDir: 'out-tsc/app',
      tsBuildInfoFile: 'out-tsc/app/tsconfig.app.tsbuildinfo',
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      types: ['node'],
    },
    include: ['src/**/*.ts'],
  });
  workspace.write(`${ROOT}/src/main.ts`, MAIN);
  workspace.write(`${ROOT}/src/app/app.module.ts`, MODULE);
}

const MAIN = `import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app/app.module.js';

// The type is what tells a bundle that Express is used: Nest requires it only if it is there.
const app = await NestFactory.create<NestExpressApplication>(AppModule);
app.setGlobalPrefix('api');
await app.listen(process.env['PORT'] ?? 3000);
console.log('Application is running on', await app.getUrl());
`;

const MODULE = `import { Module } from '@nestjs/common';

@Module({ imports: [] })
export class AppModule {}
`;
