import {
  type DynamicModule,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  RequestMethod,
  type Type,
} from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import type { ApiConfig } from '../config';

/** Where the page is. No job is called `-`, so it stands in the way of no queue. */
export const QUEUE_PAGE_PATH = 'queues/-';

type PageConfig = Pick<
  ApiConfig,
  'QUEUE_PAGE' | 'QUEUE_PAGE_PROXY' | 'QUEUE_PAGE_USER_HEADER' | 'OPERATOR_TOKEN'
>;

/** Whether there is a page: somebody can be let in. */
function hasPage({ QUEUE_PAGE, QUEUE_PAGE_USER_HEADER, OPERATOR_TOKEN }: PageConfig): boolean {
  if (QUEUE_PAGE === 'off') return false;
  return QUEUE_PAGE === 'open' || (QUEUE_PAGE_USER_HEADER ?? OPERATOR_TOKEN) !== undefined;
}

/**
 * The modules of the page, if there is one. Import them before what has routes below `queues/`: Nest registers routes in
 * the order of the imports of the root module. One that is still a promise then would come after all others.
 */
export async function queuePageModules(config: PageConfig): Promise<(DynamicModule | Type)[]> {
  if (!hasPage(config)) return [];
  // A file of its own, whose code is loaded only if there is a page.
  const { registerPage } = await import('./register-page');
  return [registerPage(config, QUEUE_PAGE_PATH), BrowserModule];
}

/** Leads a browser that opens `/queues` to the page; programs get JSON there. */
@Module({})
class BrowserModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer
      .apply((request: Request, response: Response, next: NextFunction) => {
        const isBrowser = request.accepts(['json', 'html']) === 'html';
        if (!isBrowser || request.headers.authorization !== undefined) {
          next();
          return;
        }
        // Relative, so that it is right below any prefix.
        response.redirect(302, request.originalUrl.endsWith('/') ? './-/' : './queues/-/');
      })
      .forRoutes({ path: 'queues', method: RequestMethod.GET });
  }
}
