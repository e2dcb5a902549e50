import { google } from 'googleapis';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export async function work(): Promise<string> {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ files: [{ name: request.headers.authorization }] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const auth = new google.auth.OAuth2('id', 'secret');
    auth.setCredentials({ access_token: 'token' });
    const drive = google.drive({ version: 'v3', auth, rootUrl: `http://127.0.0.1:${port}/` });
    const { data } = await drive.files.list({ pageSize: 1 });
    return data.files?.[0]?.name ?? 'nothing';
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
