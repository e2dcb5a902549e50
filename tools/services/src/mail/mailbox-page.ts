import type { MailMessage, MailSummary } from './mail-store';

const STYLE = `
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff }
  table { border-collapse: collapse; width: 100% }
  th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid #ddd; vertical-align: top; overflow-wrap: anywhere }
  a { color: #0550ae }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f6f8fa; padding: 1rem }
  iframe { width: 100%; height: 30rem; border: 1px solid #ddd }
  @media (prefers-color-scheme: dark) { body { color: #ddd; background: #1b1b1b } a { color: #79b8ff } pre { background: #2a2a2a } th, td { border-color: #444 } }
`;

export function listPage(mails: readonly MailSummary[], smtpUrl: string): string {
  const rows = mails.map(
    (mail) => `<tr><td>${time(mail.receivedAt)}</td><td>${escape(mail.to.join(', '))}</td>
      <td><a href="/messages/${mail.id}">${escape(mail.subject || '(no subject)')}</a></td></tr>`,
  );
  return page(
    'Caught mail',
    `<h1>Caught mail</h1>
    <p>Whatever is sent to <code>${escape(smtpUrl)}</code> ends here, and nowhere else.</p>
    ${
      rows.length === 0
        ? '<p>No mail yet. Reload the page after sending one.</p>'
        : `<table><thead><tr><th>Received (UTC)</th><th>To</th><th>Subject</th></tr></thead>
           <tbody>${rows.join('\n')}</tbody></table>`
    }`,
  );
}

export function messagePage(mail: MailMessage): string {
  const attachments = mail.attachments.map(
    (file) =>
      `<li>${escape(file.filename || '(no name)')}, ${escape(file.contentType)}, ${file.bytes} bytes</li>`,
  );
  return page(
    mail.subject,
    `<p><a href="/">All mail</a></p>
    <h1>${escape(mail.subject || '(no subject)')}</h1>
    <table>
      <tr><th>From</th><td>${escape(mail.from)}</td></tr>
      <tr><th>To</th><td>${escape(mail.to.join(', '))}</td></tr>
      <tr><th>Received (UTC)</th><td>${time(mail.receivedAt)}</td></tr>
    </table>
    ${mail.text ? `<pre>${escape(mail.text)}</pre>` : ''}
    ${mail.html ? `<iframe sandbox title="HTML part" srcdoc="${escape(mail.html)}"></iframe>` : ''}
    ${attachments.length > 0 ? `<h2>Attachments</h2><ul>${attachments.join('')}</ul>` : ''}
    <p><a href="/messages/${mail.id}.eml" download>Download as .eml</a></p>`,
  );
}

export function notFoundPage(): string {
  return page('Not found', '<h1>There is no such mail</h1><p><a href="/">All mail</a></p>');
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(title)}</title><style>${STYLE}</style></head><body>${body}</body></html>
`;
}

function time(iso: string): string {
  return `<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')}</time>`;
}

function escape(value: string): string {
  return value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
