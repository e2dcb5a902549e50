import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import type { Tarball } from './consumer';

/** A registry on this machine. */
export interface LocalRegistry {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves tarballs as if they had been published, and sends npm to the registry that it uses by itself for all others. */
export async function startLocalRegistry(tarballs: readonly Tarball[]): Promise<LocalRegistry> {
  const others = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim();
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const own = tarballs.find(({ manifest, file }) =>
      [`/${manifest.name}`, `/-/${basename(file)}`].includes(path),
    );
    if (own === undefined) {
      response.writeHead(307, { location: new URL(`.${path}`, others).href }).end();
    } else if (path.startsWith('/-/')) {
      response.writeHead(200).end(readFileSync(own.file));
    } else {
      describe(response, own, `http://${request.headers.host ?? ''}`);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function describe(response: ServerResponse, { manifest, file }: Tarball, registry: string): void {
  const { name, version = '0.0.0' } = manifest;
  const hash = createHash('sha512').update(readFileSync(file)).digest('base64');
  const dist = { tarball: `${registry}/-/${basename(file)}`, integrity: `sha512-${hash}` };
  response.writeHead(200, { 'content-type': 'application/json' }).end(
    JSON.stringify({
      name,
      'dist-tags': { latest: version },
      versions: { [version]: { ...manifest, dist } },
    }),
  );
}
