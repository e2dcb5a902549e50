import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { StartError } from './start.error';
import { type StartedApp, portOf } from './started-app';

/**
 * Checks the ports of the applications before anything is started.
 *
 * @throws StartError naming each port in use, its process, and the command that avoids the port
 */
export async function checkPorts(
  apps: readonly StartedApp[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const wanted = apps.flatMap((app) => {
    const port = portOf(app, env);
    if (port === undefined || app.port === undefined) return [];
    return [{ project: app.project, variable: app.port.variable, port }];
  });
  const taken = [];
  for (const entry of wanted) if (await isTaken(entry.port)) taken.push(entry);
  if (taken.length === 0) return;

  const sentences = taken.map(({ project, port }) => {
    const holder = holderOf(port);
    return `Port ${port}, which ${project} needs, is in use${holder ? ` by ${holder}` : ''}.`;
  });
  const used = new Set(wanted.map(({ port }) => port));
  const settings = [];
  for (const { variable, port } of taken) {
    const other = await freePortAbove(port, used);
    used.add(other);
    settings.push(`${variable}=${other}`);
  }
  throw new StartError(
    `${sentences.join('\n')}\nStop that program (is npm start running in another terminal?), ` +
      `or choose another port: ${settings.join(' ')} npm start`,
  );
}

async function freePortAbove(port: number, used: ReadonlySet<number>): Promise<number> {
  for (let other = port + 5; other < 65_536; other++) {
    if (!used.has(other) && !(await isTaken(other))) return other;
  }
  return port;
}

async function isTaken(port: number): Promise<boolean> {
  // macOS allows two programs on one port if only one of them specifies an address; then only a connection
  // attempt shows it.
  for (const host of ['127.0.0.1', '::1']) if (await accepts(host, port)) return true;
  return !(await canListen(port));
}

async function accepts(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port, timeout: 500 });
  try {
    return await new Promise<boolean>((resolve) => {
      socket.once('connect', () => {
        resolve(true);
      });
      socket.once('error', () => {
        resolve(false);
      });
      socket.once('timeout', () => {
        resolve(false);
      });
    });
  } finally {
    socket.destroy();
  }
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '0.0.0.0');
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return true;
  } catch (error) {
    // The application reports other reasons, such as EACCES below 1024.
    return (error as NodeJS.ErrnoException).code !== 'EADDRINUSE';
  }
}

/** "node (process 4711)", if lsof or ss shows it. */
function holderOf(port: number): string | undefined {
  const lsof = ask('lsof', '-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc');
  const [, pid, name] = /^p(\d+)\n(?:.*\n)*?c(.+)$/m.exec(lsof) ?? [];
  if (pid && name) return `${name} (process ${pid})`;
  const ss = ask('ss', '-ltnpH', `sport = :${port}`);
  const [, ssName, ssPid] = /users:\(\("([^"]+)",pid=(\d+)/.exec(ss) ?? [];
  return ssName && ssPid ? `${ssName} (process ${ssPid})` : undefined;
}

function ask(command: string, ...args: string[]): string {
  const { stdout } = spawnSync(command, args, { encoding: 'utf8', timeout: 2_000 }) as {
    stdout: string | null;
  };
  return stdout ?? '';
}
