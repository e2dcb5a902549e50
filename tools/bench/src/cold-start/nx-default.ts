import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand, WORKSPACE_ROOT } from '@tools/experiment';
import { deploy } from '../workspace/deployment';
import { JOB } from '../workspace/sample-processors';

const NX_JSON = { analytics: false, neverConnectToCloud: true, tui: { enabled: false } };

/** The options of `create-nx-workspace` that affect a build. */
const TSCONFIG = {
  compilerOptions: {
    rootDir: '.',
    baseUrl: '.',
    module: 'esnext',
    moduleResolution: 'node',
    target: 'es2015',
    lib: ['es2020', 'dom'],
    sourceMap: true,
    emitDecoratorMetadata: true,
    experimentalDecorators: true,
    importHelpers: true,
    skipLibCheck: true,
    paths: {},
  },
};

const APP_MODULE = `import { BullModule, Processor, WorkerHost } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { type Job, createPostgresBackend, setDefaultBackendFactory } from 'bullmq';
import { AppController } from './app.controller';
import { AppService } from './app.service';

setDefaultBackendFactory(createPostgresBackend);
const url = process.env['DATABASE_URL'] ?? '';

@Processor('${JOB}')
class SampleProcessor extends WorkerHost {
  async process(job: Job) {
    return { id: job.data.id };
  }
}

@Module({
  imports: [
    TypeOrmModule.forRoot({ type: 'postgres', url }),
    BullModule.forRoot({ connection: url as never }),
    BullModule.registerQueue({ name: '${JOB}' }),
  ],
  controllers: [AppController],
  providers: [AppService, SampleProcessor],
})
export class AppModule {}
`;

/** The packages that the module above imports and the generator does not install. */
const RUNTIME = ['@nestjs/bullmq', '@nestjs/typeorm', 'bullmq', 'ioredis', 'pg', 'typeorm'];

const TOOLS = ['nx', '@nx/js', '@nx/nest', '@nx/node'];

/**
 * Generates an application with `nx g @nx/nest:app` in a new Nx workspace, adds a processor on Postgres and
 * TypeORM, and builds and deploys it with the defaults of that workspace.
 *
 * Its packages come from the npm registry, which takes minutes.
 *
 * @returns the file to start, relative to the folder
 */
export async function deployNxDefault(workspace: string, folder: string): Promise<string> {
  const run = (...command: string[]) =>
    runCommand(command, {
      cwd: workspace,
      // The generator installs development packages, even if this process runs in production mode.
      env: { NX_DAEMON: 'false', NODE_ENV: '', NO_COLOR: '1', npm_config_audit: 'false' },
    });
  await mkdir(workspace, { recursive: true });
  await writeJson(join(workspace, 'package.json'), await manifest());
  await writeJson(join(workspace, 'nx.json'), NX_JSON);
  await writeJson(join(workspace, 'tsconfig.base.json'), TSCONFIG);
  await run('npm', 'install', '--no-fund', '--prefer-offline');
  await run(
    ...['npx', 'nx', 'generate', '@nx/nest:app', 'apps/worker', '--no-interactive'],
    ...['--linter=none', '--unitTestRunner=none', '--e2eTestRunner=none'],
  );
  await writeFile(join(workspace, 'apps/worker/src/app/app.module.ts'), APP_MODULE);
  await run('npx', 'nx', 'build', 'worker');
  await deploy(join(workspace, 'dist/apps/worker'), folder);
  return 'main.js';
}

/** With the versions of this workspace, so that only the build differs. */
async function manifest(): Promise<object> {
  const own = JSON.parse(await readFile(join(WORKSPACE_ROOT, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
    overrides: Record<string, string>;
  };
  const versions = { ...own.devDependencies, ...own.dependencies };
  const pick = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, versions[name] ?? '*']));
  return {
    name: 'nx-default',
    private: true,
    dependencies: pick(RUNTIME),
    devDependencies: {
      ...pick([...TOOLS, '@swc/core', '@swc-node/register', 'prettier']),
      '@nx/webpack': versions['nx'],
      // The version that the generated tsconfig.json is written for.
      typescript: '5.9.3',
    },
    overrides: own.overrides,
  };
}

function writeJson(file: string, value: object): Promise<void> {
  return writeFile(file, JSON.stringify(value, undefined, 2));
}
