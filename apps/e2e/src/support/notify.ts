/** Asks an api for a mail. */
export function notify(api: string, subject: string): Promise<Response> {
  return fetch(`${api}/notifications`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ to: 'ada@example.com', subject, text: 'Hello' }),
  });
}
