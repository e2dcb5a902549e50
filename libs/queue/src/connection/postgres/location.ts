/** Host, port and database of a URL: safe to show in messages. The host may be a folder of sockets: `?host=/run/pg`. */
export function locationOf(url: string): string {
  const { host, pathname, searchParams } = new URL(url);
  return `${searchParams.get('host') ?? host}${pathname}`;
}
