import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ConnectionProblem } from '../connection-problem';
import { isFull } from './full-server';
import type { Endpoint, RedisTarget } from './redis-target';
import { tlsOptions } from './tls-files';
import { noTls, onlyTls, tlsProblem } from './tls-problem';

/** In milliseconds, for each question. */
const LIMIT = 1_000;

/** In milliseconds. A server that is full speaks at once, and every other one waits to be asked. */
const GREETING_LIMIT = 300;

/**
 * Whether a server has as many clients as it may have. It says so to one that has sent nothing yet; what it says to
 * one that has is lost with the connection as often as not. Over TLS it says nothing.
 */
export async function isServerFull(target: RedisTarget): Promise<boolean> {
  const [endpoint] = endpointsOf(target);
  if (endpoint === undefined || target.tls) return false;
  return ask(connect(endpoint), GREETING_LIMIT, async (socket, signal) => {
    const [greeting] = (await once(socket, 'data', { signal })) as [Buffer];
    return isFull(new Error(greeting.toString('latin1').replace(/^-/, '')));
  });
}

/**
 * Why a server refuses the TLS of this process. With TLS 1.3 it refuses a client when that believes to be connected, and
 * what it says is lost as often as not if the client has sent something.
 */
export async function tlsRefusal(target: RedisTarget): Promise<ConnectionProblem | undefined> {
  const [endpoint] = endpointsOf(target);
  if (endpoint === undefined || !target.tls) return undefined;
  let problem: ConnectionProblem | undefined;
  const socket = connectTls({ ...endpoint, ...tlsOptions(target) });
  socket.on('error', (error) => {
    problem = tlsProblem(error);
  });
  await ask(socket, LIMIT, async (_, signal) => {
    await once(socket, 'secureConnect', { signal });
    await once(socket, 'close', { signal: AbortSignal.timeout(GREETING_LIMIT) });
    return true;
  });
  return problem;
}

/**
 * Whether a server that takes connections and does not do what is expected speaks TLS where its URL does not say so,
 * or the other way round. Each side waits for the other then, or closes: no error tells.
 */
export async function otherScheme(
  target: RedisTarget,
  cause: unknown,
): Promise<ConnectionProblem | undefined> {
  const [endpoint] = endpointsOf(target);
  if (endpoint === undefined) return undefined;
  if (target.tls) return (await speaksPlainly(endpoint)) ? noTls(cause) : undefined;
  return (await speaksTls(endpoint)) ? onlyTls(cause) : undefined;
}

/** Without those of sockets, which have no TLS. */
function endpointsOf(target: RedisTarget): readonly Endpoint[] {
  if (target.kind === 'cluster') return target.nodes;
  if (target.kind === 'sentinel') return target.sentinels;
  return 'path' in target.endpoint ? [] : [target.endpoint];
}

/** Any server of Redis' protocol answers a PING, be it with an error. */
function speaksPlainly(endpoint: Endpoint): Promise<boolean> {
  return ask(connect(endpoint), LIMIT, async (socket, signal) => {
    await once(socket, 'connect', { signal });
    socket.write('PING\r\n');
    const [answer] = (await once(socket, 'data', { signal })) as [Buffer];
    return /^[+-]/.test(answer.toString('latin1'));
  });
}

function speaksTls(endpoint: Endpoint): Promise<boolean> {
  // Nothing is sent: it only matters whether there is a handshake.
  const socket = connectTls({ ...endpoint, rejectUnauthorized: false });
  return ask(socket, LIMIT, async (_, signal) => {
    await once(socket, 'secureConnect', { signal });
    return true;
  });
}

async function ask<S extends Socket>(
  socket: S,
  limit: number,
  question: (socket: S, signal: AbortSignal) => Promise<boolean>,
): Promise<boolean> {
  socket.on('error', () => undefined);
  try {
    return await question(socket, AbortSignal.timeout(limit));
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
