import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { RedisServer } from '@libs/testing';
import { type CompiledPrograms, compilePrograms } from '../isolation/testing/compile-program';
import { describeOnRedis } from './testing/each-store';

const run = promisify(execFile);

/** Self-signed, so it is also the authority to trust. */
const certificate = join(__dirname, 'testing/localhost.cert.pem');

describeOnRedis('a Redis that speaks TLS', () => {
  let programs: CompiledPrograms;
  let server: RedisServer;
  let url: string;

  beforeAll(async () => {
    programs = await compilePrograms('store/testing/check-store.driver');
    server = await RedisServer.start((port) => ({
      port: '0',
      'tls-port': String(port),
      'tls-cert-file': certificate,
      'tls-key-file': join(__dirname, 'testing/localhost.key.pem'),
      'tls-auth-clients': 'no',
    }));
    url = `rediss://127.0.0.1:${server.port}`;
  });

  afterAll(async () => {
    await server.close();
    await programs.remove();
  });

  /** Checks the store in a new process, because Node reads its trusted certificates at startup. */
  async function ask(env: Record<string, string> = {}): Promise<string> {
    const { stdout } = await run(process.execPath, [programs.path('check-store.driver'), url], {
      env: { ...process.env, ...env },
    });
    return stdout.trim();
  }

  it('is used by a rediss:// URL, if its authority is trusted by NODE_EXTRA_CA_CERTS', async () => {
    expect(await ask({ NODE_EXTRA_CA_CERTS: certificate })).toBe('usable');
  });

  it('is not used otherwise, and the error says why', async () => {
    const answer = await ask();
    expect(answer).toContain('QueueUnreachableError');
    expect(answer).toContain('self-signed certificate');
  });
});
