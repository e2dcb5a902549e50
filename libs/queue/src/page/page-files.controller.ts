import type { ServerResponse } from 'node:http';
import { Get, Inject, NotFoundException, Param, Req, Res } from '@nestjs/common';
import type { PageRequest } from './access/page-request';
import { FILES } from './assets/files';
import { pageHtml } from './assets/page-html';
import { PageController } from './page-controller.decorator';
import { QUEUE_PAGE_OPTIONS, type PageSettings } from './queue-page-options';
import { send, sendHtml } from './send';

/** The page itself, its script and its style. */
@PageController()
export class PageFilesController {
  constructor(@Inject(QUEUE_PAGE_OPTIONS) private readonly options: PageSettings) {}

  @Get()
  page(@Req() request: PageRequest, @Res() response: ServerResponse): void {
    const [path = '', query] = (request.originalUrl ?? request.url ?? '').split('?');
    if (!path.endsWith('/')) {
      // Everything in the page is relative to it, so that it works below any prefix.
      const location = `${path.split('/').at(-1) ?? ''}/${query === undefined ? '' : `?${query}`}`;
      send(response, 302, 'text/plain', '', { location: `./${location}` });
      return;
    }
    const { name: user = '', how = 'session' } = request.visitor ?? {};
    sendHtml(response, 200, {
      html: pageHtml({ user, how, readOnly: this.options.readOnly }),
    });
  }

  @Get('assets/:name')
  file(@Param('name') name: string, @Res() response: ServerResponse): void {
    const file = FILES.find((each) => each.name === name);
    if (file === undefined) throw new NotFoundException('There is no such file.');
    // Its name changes with its content. Behind the login, so no shared cache may keep it.
    send(response, 200, file.type, file.text, {
      'cache-control': 'private, max-age=31536000, immutable',
    });
  }
}
