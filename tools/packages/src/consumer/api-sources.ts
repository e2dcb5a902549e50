const CONTROLLER = `import { Controller, Param, Post } from '@nestjs/common';
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

const MODULE = `import { Module } from '@nestjs/common';
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

/** What a person writes to add a job, by the path in an application as Nx generates it. */
export const API_SOURCES: Readonly<Record<string, string>> = {
  'src/app/app.controller.ts': CONTROLLER,
  'src/app/app.module.ts': MODULE,
};

/** The same where sources are ES modules, whose relative imports have the ending of what they compile to. */
export const ESM_API_SOURCES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(API_SOURCES).map(([path, text]) => [
    path,
    text.replaceAll(/from '(\.[^']*)'/g, "from '$1.js'"),
  ]),
);
