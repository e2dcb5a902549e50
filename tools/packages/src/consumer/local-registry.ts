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

const PUBLISHED = '2026-01-01T00:00:00.000Z';

/** Serves tarballs, also several versions of a package, as if they had been published, and sends npm to the registry that it uses by itself for all others. */
export async function startLocalRegistry(tarballs: readonly Tarball[]): Promise<LocalRegistry> {
  const others = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim();
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const asked = tarballs.find(({ file }) => path === `/-/${basename(file)}`);
    const versions = tarballs.filter(({ manifest }) => path === `/${manifest.name}`);
    if (asked !== undefined) response.writeHead(200).end(readFileSync(asked.file));
    else if (versions.length > 0) {
      describe(response, versions, `http://${request.headers.host ?? ''}`);
    } else response.writeHead(307, { location: new URL(`.${path}`, others).href }).end();
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

/** The last version is the newest. */
function describe(response: ServerResponse, tarballs: readonly Tarball[], registry: string): void {
  const versions = tarballs.map(({ manifest, file }) => {
    const { version = '0.0.0' } = manifest;
    const hash = createHash('sha512').update(readFileSync(file)).digest('base64');
    const dist = { tarball: `${registry}/-/${basename(file)}`, integrity: `sha512-${hash}` };
    return [version, { ...manifest, dist }] as const;
  });
  response.writeHead(200, { 'content-type': 'application/json' }).end(
    JSON.stringify({
      name: tarballs[0]?.manifest.name,
      'dist-tags': { latest: versions.at(-1)?.[0] },
      versions: Object.fromEntries(versions),
      // Package managers keep away from versions that are younger than a day.
      time: Object.fromEntries(versions.map(([version]) => [version, PUBLISHED])),
    }),
  );
}
