import type { CreatedWorkspace } from './created-workspace';

/** A kind of workspace that `create-nx-workspace` makes, with a Nest application called api. */
export interface WorkspaceKind {
  readonly preset: string;
  /** Further options of `create-nx-workspace`. */
  readonly options: readonly string[];
  /** Adds the api, if the preset has none. */
  readonly addApi?: (workspace: CreatedWorkspace, nxVersion: string) => Promise<void>;
  /** Its project, its folder, and where it is built. */
  readonly api: { readonly project: string; readonly root: string; readonly main: string };
  /** Where the worker is built. */
  readonly worker: string;
}

const KINDS: readonly WorkspaceKind[] = [
  {
    preset: 'nest',
    options: ['--appName=api'],
    api: { project: 'api', root: 'apps/api', main: 'dist/apps/api/main.js' },
    worker: 'dist/apps/worker',
  },
  {
    // Projects are packages, and are compiled by references.
    preset: 'ts',
    options: [],
    addApi: async (workspace, nxVersion) => {
      await workspace.nx('add', `@nx/nest@${nxVersion}`);
      const options = ['--linter=eslint', '--unitTestRunner=jest', '--e2eTestRunner=none'];
      await workspace.nx('g', '@nx/nest:app', 'packages/api', ...options);
    },
    api: { project: '@shop/api', root: 'packages/api', main: 'packages/api/dist/main.js' },
    worker: 'dist/packages/worker',
  },
];

/** @throws Error if there is no such preset */
export function workspaceKind(preset: string): WorkspaceKind {
  const found = KINDS.find((kind) => kind.preset === preset);
  if (found) return found;
  throw new Error(`Pass one of: ${KINDS.map((kind) => kind.preset).join(', ')}.`);
}

/** What a person writes to add a job, in an application as Nx generates it. */
export const CONTROLLER = `import { Controller, Param, Post } from '@nestjs/common';
import { emailJob } from '@shop/jobs/email';
import { InjectJob, JobProducer } from 'nest-job-queue';

@Controller()
export class AppController {
  constructor(@InjectJob(emailJob) private readonly emails: JobProducer<typeof emailJob>) {}

  @Post('emails/:id')
  send(@Param('id') id: string) {
    return this.emails.add({ id });
  }
}
`;

export const MODULE = `import { Module } from '@nestjs/common';
import { emailJob } from '@shop/jobs/email';
import { QueueModule } from 'nest-job-queue';
import { AppController } from './app.controller';
import { queueStore } from './queue-store';

@Module({
  imports: [QueueModule.forRootAsync({ useFactory: queueStore }), QueueModule.forFeature(emailJob)],
  controllers: [AppController],
})
export class AppModule {}
`;
