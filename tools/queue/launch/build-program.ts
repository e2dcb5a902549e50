import { stop as stopEsbuild } from 'esbuild';
import { findMarkers } from '../workspace/built-program.cjs';
import { commandProgram } from '../command/command-program';
import { readPlan } from '../command/read-plan';
import { projectsOnDisk, readQueueWorkspace, TracedFiles } from '../workspace/index';

/** The folder of the program of the commands, bundled anew if something has changed. */
export async function buildProgram(workspaceRoot: string): Promise<string> {
  const files = new TracedFiles(workspaceRoot);
  const projects = projectsOnDisk(
    files,
    findMarkers(workspaceRoot).filter((path) => path.endsWith('.json')),
  );
  const workspace = readQueueWorkspace(files, projects);
  const plan = readPlan(workspaceRoot, workspace, projects);
  try {
    return await commandProgram(workspaceRoot, workspace, plan, files.seen);
  } finally {
    // Its process would keep this one alive.
    await stopEsbuild();
  }
}
