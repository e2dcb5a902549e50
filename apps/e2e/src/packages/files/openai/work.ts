import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import OpenAI from 'openai';

export async function work(): Promise<string> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ choices: [{ message: { content: 'Hello, Ada' } }] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const client = new OpenAI({ apiKey: 'none', baseURL: `http://127.0.0.1:${port}` });
    const { choices } = await client.chat.completions.create({
      model: 'any',
      messages: [{ role: 'user', content: 'Hello' }],
    });
    return choices[0]?.message.content ?? 'nothing';
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
