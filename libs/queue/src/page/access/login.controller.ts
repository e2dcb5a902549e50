import type { ServerResponse } from 'node:http';
import { Logger, Post, Req, Res } from '@nestjs/common';
import { PageController } from '../page-controller.decorator';
import { send, sendHtml } from '../send';
import { LoginAttempts } from './login-attempts';
import { loginForm } from './login-form';
import { addressOf, header, type PageRequest } from './page-request';
import { PageRoute } from './page.guard';
import { readForm } from './read-form';
import { Visitors } from './visitors';

@PageController()
export class LoginController {
  private readonly attempts = new LoginAttempts();
  private readonly logger = new Logger('Audit');

  constructor(private readonly visitors: Visitors) {}

  @Post('login')
  @PageRoute('login')
  async login(@Req() request: PageRequest, @Res() response: ServerResponse): Promise<void> {
    const { sessions } = this.visitors;
    const address = addressOf(request);
    const toPage = { location: './' };
    if (sessions === undefined) {
      send(response, 303, 'text/plain', '', toPage);
      return;
    }
    const wait = Math.ceil(this.attempts.wait(address) / 1_000);
    if (wait > 0) {
      const problem = `Too many failed logins. Try again in ${wait} s.`;
      sendHtml(response, 429, loginForm(request, problem), { 'retry-after': String(wait) });
      return;
    }
    const form = await readForm(request);
    if (!sessions.isToken(form.get('token') ?? '')) {
      this.attempts.failed(address);
      this.logger.warn(`A login to the page of queues failed, from ${address}.`);
      sendHtml(response, 401, loginForm(request, 'This is not the operator token.'));
      return;
    }
    this.attempts.succeeded(address);
    const name = (form.get('name') ?? '').trim() || 'operator';
    this.logger.log(`${JSON.stringify(name)} logged in to the page of queues, from ${address}.`);
    const cookie = sessions.cookie(sessions.begin(name), { secure: isSecure(request) });
    send(response, 303, 'text/plain', '', { ...toPage, 'set-cookie': cookie });
  }

  @Post('logout')
  logout(@Req() request: PageRequest, @Res() response: ServerResponse): void {
    const cookie = this.visitors.sessions?.cookie('', { secure: isSecure(request) });
    send(response, 204, 'text/plain', '', cookie === undefined ? {} : { 'set-cookie': cookie });
  }
}

/** Behind a proxy that ends HTTPS, what it says. A client that lies changes only its own cookie. */
function isSecure(request: PageRequest): boolean {
  return request.secure === true || header(request, 'x-forwarded-proto') === 'https';
}
