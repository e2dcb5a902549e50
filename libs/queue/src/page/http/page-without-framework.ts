import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DynamicModule } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { send } from '../send';
import { QueuePageModule } from '../queue-page.module';
import { pageSettings, type QueuePageOptions } from '../queue-page-options';
import { NodeHttpAdapter } from './node-http-adapter';
import { notFound, PageRouter } from './page-router';

/** What a process without a web framework needs to serve the page of queues on a server of its own. */
export interface PageWithoutFramework {
  /** For the imports of the application. */
  readonly module: DynamicModule;
  /** For `NestFactory.create(root, adapter, { bodyParser: false })`, followed by `init()` in place of `listen()`. */
  readonly adapter: AbstractHttpAdapter;
  /**
   * Serves the page and leads browsers to it from the folder above. For other paths, calls `next` if given, otherwise
   * answers 404.
   */
  readonly handler: (request: IncomingMessage, response: ServerResponse, next?: () => void) => void;
}

/**
 * The page of queues for a process that has no web framework, such as a worker that serves its health by `node:http`:
 * the same routes behind the same guard. Controllers of other modules are not served.
 *
 * @throws InvalidOptionError as {@link QueuePageModule.register}
 */
export function pageWithoutFramework(options: QueuePageOptions): PageWithoutFramework {
  const { path } = pageSettings(options);
  const router = new PageRouter(`/${path}`);
  const above = router.path.replace(/\/[^/]*$/, '');
  return {
    module: QueuePageModule.register(options),
    adapter: new NodeHttpAdapter(router),
    handler: (
      request,
      response,
      next = () => {
        notFound(response);
      },
    ) => {
      const [asked = ''] = (request.url ?? '').split('?', 1);
      if (router.routes.length === 0) next();
      else if (router.isBelow(asked)) router.handle(request, response);
      else if (isAbove(asked, above) && request.method === 'GET') {
        const last = path.slice(path.lastIndexOf('/') + 1);
        const folder = asked.endsWith('/') ? '' : `${above.slice(above.lastIndexOf('/') + 1)}/`;
        // Relative, so that it is right below any prefix.
        send(response, 302, 'text/plain', '', { location: `./${folder}${last}/` });
      } else next();
    },
  };
}

/** Whether the folder of the page is asked for; a page at the root has none. */
function isAbove(asked: string, above: string): boolean {
  return above !== '' && (asked === above || asked === `${above}/`);
}
