import { type ChildProcess, fork } from 'node:child_process';
import { guardProcess } from '@tools/experiment';
import {
  type ChildReport,
  type ChildSettings,
  settingsEnvironment,
} from '../programs/child-settings';
import type { EventLog } from './event-log';

export interface ChildPrograms {
  /** The compiled file of each role. */
  files: Record<ChildSettings['role'], string>;
  folder: string;
}

/** Forks the program of a role. Its start and its output go to the event log. */
export function forkChild(
  settings: ChildSettings,
  { files, folder }: ChildPrograms,
  events: EventLog,
  onReport: (report: ChildReport) => void,
): ChildProcess {
  const { role, index } = settings;
  const child = guardProcess(
    fork(files[role], {
      cwd: folder,
      // In a process group of its own, which Ctrl-C does not reach: the controller stops it in order.
      detached: true,
      execArgv: ['--enable-source-maps'],
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'production',
        ...settingsEnvironment(settings),
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    }),
  );
  const { pid } = child;
  events.write('process started', { role, index, pid });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (output: string) => {
      events.write('process output', { role, index, pid, output });
    });
  }
  child.on('message', onReport);
  // It was killed while a message was sent to it.
  child.on('error', () => undefined);
  return child;
}

export function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}
