import { createHash } from 'node:crypto';
import { LOGIN_STYLE } from '../assets/assets.generated';
import { escapeHtml } from '../escape-html';
import type { PageRequest } from './page-request';

const hash = createHash('sha256').update(LOGIN_STYLE).digest('base64');

/** Nothing but the form: the files of the page are behind the login. */
const POLICY =
  `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; form-action 'self'; ` +
  "base-uri 'none'; frame-ancestors 'none'";

/** The form to log in with. */
export function loginForm(
  request: PageRequest,
  problem?: string,
): { html: string; policy: string } {
  const error =
    problem === undefined
      ? ''
      : `<p class="problem" id="problem" role="alert">${escapeHtml(problem)}</p>`;
  const described = problem === undefined ? '' : ' aria-describedby="problem" aria-invalid="true"';
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Log in · Queues</title>
<link rel="icon" href="data:,">
<style>${LOGIN_STYLE}</style>
</head>
<body>
<main>
<h1>Queues</h1>
<form method="post" action="${escapeHtml(loginPath(request))}">
${error}
<label for="name">Your name <span>for the audit log</span></label>
<input id="name" name="name" autocomplete="username" maxlength="100">
<label for="token">Operator token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus${described}>
<button>Log in</button>
</form>
</main>
</body>
</html>
`;
  return { html, policy: POLICY };
}

/** Relative, so that it is right below any prefix. */
function loginPath(request: PageRequest): string {
  const [path = ''] = (request.originalUrl ?? request.url ?? '').split('?', 1);
  if (path.endsWith('/') || path.endsWith('/login')) return 'login';
  return `${path.split('/').at(-1) ?? ''}/login`;
}
