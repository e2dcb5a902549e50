import 'reflect-metadata';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import * as z from 'zod';
import { defineJob, QueueModule } from '@libs/queue';
import { pageWithoutFramework } from '@libs/queue/page';

/* Serves the page of some queues. Arguments: the URL of the store, the names of the queues. Prints its own URL. */

const [url = '', names = ''] = process.argv.slice(2);

async function start(): Promise<void> {
  const { module: page, adapter, handler } = pageWithoutFramework({ open: true });
  const jobs = names.split(',').map((name) => defineJob({ name, data: z.unknown() }));
  const imports = [
    QueueModule.forRoot({ url, applicationName: 'page' }),
    QueueModule.forFeature(...jobs),
    page,
  ];
  const module = class PageModule extends Object {};
  const app = await NestFactory.create({ module, imports }, adapter, {
    bodyParser: false,
    logger: ['error', 'warn'],
  });
  await app.init();
  const server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/queues/-/`);
}

start().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
