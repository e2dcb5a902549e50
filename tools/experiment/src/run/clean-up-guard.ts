import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/**
 * Reads one entry a line: `+ 123` and `- 123` for a process group, `/ …` for a folder. Its input ends when
 * the experiment does, for whatever reason. It then kills the remaining groups and every Postgres whose
 * data is below one of the folders, and deletes the folders, which it keeps as its arguments.
 */
const GUARD = `
groups=
while read -r sign what; do
  case $sign in
    /) set -- "$@" "$what" ;;
    +) groups="$groups $what" ;;
    -) groups=$(for each in $groups; do [ "$each" = "$what" ] || echo "$each"; done) ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group"; done
find "$@" -name postmaster.pid | while read -r file; do
  server=$(head -n 1 "$file")
  kill -s QUIT "$server"
  tries=0
  while kill -s 0 "$server" && [ $tries -lt 100 ]; do
    tries=$((tries + 1))
    sleep 0.1
  done
done
rm -rf "$@"
`;

/** Starts the guard in the background and exits, so that the guard is not a child of this process. */
const START = 'sh -c "$1" experiment-guard <&3 3<&- &';

let pipe: Socket | undefined;

/**
 * Starts a separate process that cleans up if this one is killed. Nx, for one, kills a task that does not
 * end within seconds, together with all its children. The guard is not a child, and notices that its pipe
 * is closed.
 */
export function startGuard(): void {
  const shell = spawn('/bin/sh', ['-c', START, 'sh', GUARD], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  shell.unref();
  // A pipe is a socket in Node.
  pipe = shell.stdio[3] as unknown as Socket;
  pipe.on('error', () => undefined).unref();
}

/** Deletes a folder at the end of the experiment, even if this process is killed. */
export function guardFolder(folder: string): void {
  pipe?.write(`/ ${folder}\n`);
}

/**
 * Kills a process at the end of the experiment, even if this process is killed, unless it has exited.
 *
 * @param child started with `detached: true`: its whole process group is killed
 */
export function guardProcess<Child extends ChildProcess>(child: Child): Child {
  const { pid } = child;
  if (pid !== undefined) {
    pipe?.write(`+ ${pid}\n`);
    child.once('exit', () => pipe?.write(`- ${pid}\n`));
  }
  return child;
}
