import {
  credentials,
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { join } from 'node:path';

interface Greeter {
  greet(
    request: { name: string },
    done: (error: Error | null, reply: { text: string }) => void,
  ): void;
  close(): void;
}

export async function work(): Promise<string> {
  const { greeter } = loadPackageDefinition(
    loadSync(join(__dirname, 'greeter.proto')),
  ) as unknown as {
    greeter: { Greeter: ServiceClientConstructor };
  };
  const server = new Server();
  server.addService(greeter.Greeter.service, {
    greet: (call: { request: { name: string } }, done: (error: null, reply: object) => void) => {
      done(null, { text: `Hello, ${call.request.name}` });
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  const client = new greeter.Greeter(
    `127.0.0.1:${port}`,
    credentials.createInsecure(),
  ) as unknown as Greeter;
  try {
    return await new Promise((resolve, reject) => {
      client.greet({ name: 'Ada' }, (error, reply) => {
        if (error) reject(error);
        else resolve(reply.text);
      });
    });
  } finally {
    client.close();
    server.forceShutdown();
  }
}
