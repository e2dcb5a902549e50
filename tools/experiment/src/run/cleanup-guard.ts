import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/**
 * Reads a line each: `+ 123` and `- 123` for a process group, `/ …` for a folder. Its input ends with the
 * benchmark, however that ends. It then ends the groups that are left and any Postgres whose data is
 * below a folder, and deletes the folders, which it keeps as its arguments.
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

/** Starts it in the background and ends, so that the guard is nobody's child. */
const START = 'sh -c "$1" bench-guard <&3 3<&- &';

let pipe: Socket | undefined;

/**
 * Has a process apart from this one tidy up if this one cannot: it is killed, by Nx for one, which gives
 * a task some seconds to end and then kills it with all its children. The guard is no child any more,
 * and sees that its pipe is closed.
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

/** Has a folder deleted at the end. */
export function guardFolder(folder: string): void {
  pipe?.write(`/ ${folder}\n`);
}

/**
 * Names a process to the guard until it has ended by itself.
 *
 * @param child started with `detached: true`: it is ended with all that it has started
 */
export function guard<Child extends ChildProcess>(child: Child): Child {
  const { pid } = child;
  if (pid !== undefined) {
    pipe?.write(`+ ${pid}\n`);
    child.once('exit', () => pipe?.write(`- ${pid}\n`));
  }
  return child;
}
