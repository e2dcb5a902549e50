import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { guardFolder, startGuard } from './clean-up-guard';
import { type Command, type Flags, type FlagValues, readCommandLine } from './command-line';
import { ExperimentError } from './experiment.error';
import { handleInterruption, interruption } from './interruption';

export const WORKSPACE_ROOT = resolve(__dirname, '../../../..');

/** What an experiment works with while it runs. */
export interface Experiment {
  /** A folder of its own outside of the workspace, deleted at the end. */
  scratch: string;
  /** Prints a line on the error stream: standard output holds the results alone. */
  progress: (line: string) => void;
  /** @throws ExperimentError after Ctrl-C or SIGTERM */
  throwIfStopped: () => void;
}

/**
 * Reads the command line, runs an experiment and sets the exit code. What it opened is closed and deleted,
 * also if it fails or is stopped by Ctrl-C or SIGTERM. If this process is killed, a guard does it.
 */
export function runExperiment<const Given extends Flags>(
  command: Command<Given>,
  run: (experiment: Experiment, values: FlagValues<Given>, names: string[]) => Promise<void>,
): void {
  handleInterruption();
  const main = async () => {
    const read = readCommandLine(process.argv.slice(2), command);
    if ('help' in read) {
      console.log(read.help);
      return;
    }
    await inScratch(command.target.replace(':', '-'), (scratch) =>
      run({ scratch, progress, throwIfStopped }, read.values, read.names),
    );
  };
  main().catch((error: unknown) => {
    // Once it is told to stop, everything that fails does so for that reason.
    const reason: unknown = interruption.aborted ? interruption.reason : error;
    console.error(reason instanceof ExperimentError ? reason.message : reason);
    process.exitCode ??= 1;
  });
}

/** Writes a file of results, and prints its path from the workspace. */
export async function writeResult(file: string, content: string): Promise<void> {
  const path = resolve(WORKSPACE_ROOT, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  progress(`Wrote ${relative(WORKSPACE_ROOT, path)}`);
}

async function inScratch(name: string, use: (folder: string) => Promise<void>): Promise<void> {
  // The real path: on macOS the temporary folder is behind a link, and Nx compares paths.
  const folder = await realpath(await mkdtemp(join(tmpdir(), `experiment-${name}-`)));
  startGuard();
  guardFolder(folder);
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function progress(line: string): void {
  console.error(line);
}

function throwIfStopped(): void {
  interruption.throwIfAborted();
}
