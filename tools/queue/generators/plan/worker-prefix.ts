/** What the variables of a worker begin with: `SEND_MAIL` of `send-mail`. */
export function prefixOf(worker: string): string {
  return worker.replaceAll(/[^A-Za-z0-9]+/g, '_').toUpperCase();
}
