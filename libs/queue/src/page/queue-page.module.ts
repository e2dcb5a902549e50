import { type DynamicModule, Module } from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { InvalidOptionError } from '../limits/invalid-option.errors';
import { LoginController } from './access/login.controller';
import { PageGuard } from './access/page.guard';
import { Visitors } from './access/visitors';
import { FailuresByKind } from './data/failures-by-kind';
import { JobLists } from './data/job-lists';
import { JobViews } from './data/job-views';
import { Overviews } from './data/overviews';
import { RunHistories } from './data/run-histories';
import { PageActionsController } from './page-actions.controller';
import { PageDataController } from './page-data.controller';
import { PageFilesController } from './page-files.controller';
import { QUEUE_PAGE_OPTIONS, pageSettings, type QueuePageOptions } from './queue-page-options';
import { ShownQueues } from './shown-queues';

const SHORTEST_TOKEN = 16;

/**
 * A page for people that shows the queues that the application adds jobs to or runs jobs of, and operates them. It needs
 * `QueueModule.forRoot`, and an application with HTTP on Express.
 *
 * Closed by default: without a token, a proxy, or `open`, there is no route. One guard stands before every route.
 */
@Module({})
export class QueuePageModule {
  /** @throws InvalidOptionError if the token is short, or the proxy's addresses are none. */
  static register(options: QueuePageOptions): DynamicModule {
    const settings = pageSettings(options);
    const { token, proxy, open, path } = settings;
    if (token !== undefined && token.length < SHORTEST_TOKEN) {
      throw new InvalidOptionError('QueuePageModule', {
        option: 'token',
        value: `of ${token.length} characters`,
        expected: `one of ${SHORTEST_TOKEN} or more`,
      });
    }
    if (token === undefined && proxy === undefined && !open) return { module: QueuePageModule };
    return {
      module: QueuePageModule,
      imports: [RouterModule.register([{ path, module: QueuePageModule }])],
      controllers: [
        PageFilesController,
        LoginController,
        PageDataController,
        PageActionsController,
      ],
      providers: [
        { provide: QUEUE_PAGE_OPTIONS, useValue: settings },
        ShownQueues,
        PageGuard,
        Visitors,
        RunHistories,
        Overviews,
        JobLists,
        FailuresByKind,
        JobViews,
      ],
    };
  }
}
