import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** As much of S3 as this needs: it keeps what is put, and looks whether requests are signed. */
export async function work(): Promise<string> {
  const objects = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '', 'http://s3').pathname;
    if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256')) response.statusCode = 403;
    if (request.method === 'GET') {
      response.end(objects.get(path));
      return;
    }
    void buffer(request).then((body) => {
      objects.set(path, body);
      response.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new S3Client({
    region: 'eu-central-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    forcePathStyle: true,
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  try {
    const place = { Bucket: 'reports', Key: 'today.txt' };
    await client.send(new PutObjectCommand({ ...place, Body: 'Hello, Ada' }));
    const { Body } = await client.send(new GetObjectCommand(place));
    return `${[...objects.keys()].join(',')}: ${(await Body?.transformToString()) ?? 'nothing'}`;
  } finally {
    client.destroy();
    server.close();
  }
}
