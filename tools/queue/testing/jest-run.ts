import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { FixtureWorkspace, RunResult } from './fixture-workspace';

const HOST = join(__dirname, '../../..');

/** Gives a workspace the Jest preset of the one that these tests are part of. */
export function useJest(workspace: FixtureWorkspace, project: string): void {
  cpSync(join(HOST, 'jest.preset.js'), join(workspace.root, 'jest.preset.js'));
  cpSync(join(HOST, 'tools/queue'), join(workspace.root, 'tools/queue'), {
    recursive: true,
    filter: (path) => !/\.spec\.ts$|\/testing$|\/node_modules$/.test(path),
  });
  workspace.write({
    // The leak check of the preset belongs to a library that is not there.
    [`${project}/jest.config.cjs`]: `module.exports = { preset: '../../jest.preset.js', testEnvironment: 'node' };`,
  });
}

/** Runs the specs of a project for real. */
export function runJest(workspace: FixtureWorkspace, project: string): Promise<RunResult> {
  const jest = join(workspace.root, 'node_modules/jest/bin/jest.js');
  return workspace.node(
    jest,
    '--config',
    `${project}/jest.config.cjs`,
    '--runInBand',
    '--no-cache',
  );
}
