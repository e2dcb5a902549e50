import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { guardFolder, startGuard } from './cleanup-guard';
import { BenchError } from './experiment.error';
import { awaitInterruption, interruption } from './interruption';

export const WORKSPACE_ROOT = resolve(__dirname, '../../../..');

/** What a benchmark works with while it runs. */
export interface Bench {
  /** A folder of its own outside the workspace, deleted at the end. */
  scratch: string;
  /** Tells the person what goes on, apart from the results. */
  progress: (line: string) => void;
  /** Throws if someone has ended the benchmark. */
  assertWanted: () => void;
}

/**
 * Runs a benchmark and sets the exit code. Whatever it opened is closed and deleted, also when it
 * fails, and when Ctrl-C or SIGTERM ends it. A guard does it if this process is killed.
 */
export function runBenchmark(name: string, run: (bench: Bench) => Promise<void>): void {
  awaitInterruption();
  const assertWanted = () => {
    interruption.throwIfAborted();
  };
  inScratch(name, (scratch) => run({ scratch, progress, assertWanted })).catch((error: unknown) => {
    // Whatever fails once it was told to end fails for that.
    const reason: unknown = interruption.aborted ? interruption.reason : error;
    console.error(reason instanceof BenchError ? reason.message : reason);
    process.exitCode ??= 1;
  });
}

/** Writes a file of results and says where, as a path from the workspace. */
export async function writeResult(file: string, content: string): Promise<void> {
  const path = resolve(WORKSPACE_ROOT, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  progress(`Wrote ${relative(WORKSPACE_ROOT, path)}`);
}

async function inScratch(name: string, use: (folder: string) => Promise<void>): Promise<void> {
  // The real path: on macOS the temporary folder is behind a link, and Nx compares paths.
  const folder = await realpath(await mkdtemp(join(tmpdir(), `bench-${name}-`)));
  startGuard();
  guardFolder(folder);
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** On the error stream, so that standard output is the results alone. */
function progress(line: string): void {
  console.error(line);
}
