import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { RedisSentinels, RedisServer } from '@libs/testing';
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
  async function ask(env: Record<string, string> = {}, target = url): Promise<string> {
    const { stdout } = await run(process.execPath, [programs.path('check-store.driver'), target], {
      env: { ...process.env, ...env },
    });
    return stdout.trim();
  }

  it('is used by a rediss:// URL, if its authority is trusted by NODE_EXTRA_CA_CERTS', async () => {
    expect(await ask({ NODE_EXTRA_CA_CERTS: certificate })).toBe('usable');
  });

  it('is not used otherwise, and the error says what to set', async () => {
    const answer = await ask();
    expect(answer).toContain('QueueAccessError');
    expect(answer).toContain('its certificate is not trusted (self-signed certificate)');
    expect(answer).toContain('NODE_EXTRA_CA_CERTS=');
  });

  it('is not used under a name that its certificate lacks, and the error says which it has', async () => {
    const answer = await ask(
      { NODE_EXTRA_CA_CERTS: certificate },
      url.replace('127.0.0.1', '127.1'),
    );
    expect(answer).toContain('QueueAccessError');
    expect(answer).toContain('its certificate is one for other hosts');
    expect(answer).toContain('DNS:localhost');
  });

  it('that requires a certificate of its clients gets the one that the URL names', async () => {
    const key = join(__dirname, 'testing/localhost.key.pem');
    const strict = await RedisServer.start((port) => ({
      port: '0',
      'tls-port': String(port),
      'tls-cert-file': certificate,
      'tls-key-file': key,
      'tls-ca-cert-file': certificate,
    }));
    const options = `?ssl_ca_certs=${certificate}&ssl_certfile=${certificate}&ssl_keyfile=${key}`;
    const target = `rediss://127.0.0.1:${strict.port}`;
    try {
      expect(await ask({}, `${target}${options}`)).toBe('usable');
      const without = await ask({}, `${target}?ssl_ca_certs=${certificate}`);
      expect(without).toContain('add ?ssl_certfile=…&ssl_keyfile=… to its URL');
      const missing = `${target}?ssl_certfile=/none.pem&ssl_keyfile=${key}`;
      await expect(ask({}, missing)).rejects.toThrow(
        'its option "ssl_certfile" names /none.pem, which cannot be read (ENOENT)',
      );
    } finally {
      await strict.close();
    }
  });

  it('is used with sentinels that speak TLS too', async () => {
    const key = join(__dirname, 'testing/localhost.key.pem');
    const set = await RedisSentinels.start({ tls: { certificate, key } });
    try {
      expect(await ask({ NODE_EXTRA_CA_CERTS: certificate }, set.url)).toMatch(/usable$/);
      expect(await ask({}, `${set.url}?ssl_ca_certs=${certificate}`)).toMatch(/usable$/);
      expect(await ask({}, set.url)).toContain('NODE_EXTRA_CA_CERTS=');
      expect(await ask({}, set.url.replace('rediss', 'redis'))).toContain('rediss+sentinel://');
    } finally {
      await set.close();
    }
  });

  it.each(['', '?cluster=true'])('is named by redis://…%s, which lacks it', async (query) => {
    const answer = await ask({}, `redis://127.0.0.1:${server.port}${query}`);
    expect(answer).toContain('QueueAccessError');
    expect(answer).toContain('it speaks TLS on this port, and its URL does not say so');
    expect(answer).toContain('rediss://');
  });

  it.each(['', '?cluster=true'])('is missed by rediss://…%s where there is none', async (query) => {
    const plain = await RedisServer.start();
    try {
      const answer = await ask({}, `rediss://127.0.0.1:${plain.port}${query}`);
      expect(answer).toContain('QueueAccessError');
      expect(answer).toContain('it does not speak TLS on this port');
      expect(answer).toContain('redis://');
    } finally {
      await plain.close();
    }
  });
});
