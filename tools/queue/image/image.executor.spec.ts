import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stop as stopEsbuild } from 'esbuild';
import { runExecutor } from '../testing/run-executor';
import { WorkerFixture } from '../testing/worker-fixture';
import imageExecutor from './image.executor';

/** Stands for an engine: writes down each of its command lines, and answers. */
const ENGINE = (answer: string) => `#!/bin/sh
echo "$0 $*" >> "\${0%/*}/calls.txt"
${answer}
`;

let fixture: WorkerFixture;
let programs: string;
let path: string | undefined;
beforeAll(async () => {
  fixture = new WorkerFixture();
  await fixture.build();
});
beforeEach(() => {
  programs = realpathSync(mkdtempSync(join(tmpdir(), 'engines-')));
  path = process.env['PATH'];
  // No engine of this machine.
  process.env['PATH'] = programs;
});
afterEach(() => {
  process.env['PATH'] = path;
  rmSync(programs, { recursive: true, force: true });
});
afterAll(async () => {
  fixture.remove();
  await stopEsbuild();
});

function install(engine: 'docker' | 'podman', answer: string): void {
  const file = join(programs, engine);
  writeFileSync(file, ENGINE(answer));
  chmodSync(file, 0o755);
}

/** Without the questions whether an engine answers. */
function calls(): string[] {
  const lines = readFileSync(join(programs, 'calls.txt'), 'utf8').trim().split('\n');
  return lines
    .filter((line) => !line.includes(' info '))
    .map((line) => line.replaceAll(`${programs}/`, ''));
}

function image(options: Parameters<typeof imageExecutor>[0] = {}) {
  const { workspace, graph } = fixture;
  return runExecutor(imageExecutor, options, {
    root: workspace.root,
    projectName: 'runner',
    projectGraph: graph,
  });
}

describe('the image of an application', () => {
  beforeEach(() => {
    fixture.workspace.write({ 'dist/apps/runner/Dockerfile': 'FROM node:24-slim\n' });
  });

  it('is built of its folder by the engine that answers, and pushed if that is wanted', async () => {
    install('docker', 'echo "Cannot connect to the Docker daemon." >&2; exit 1');
    install('podman', 'exit 0');

    const { success, output } = await image({
      tag: 'shop/runner:1',
      nodeImage: 'node@sha256:1',
      push: true,
    });

    expect({ success, output }).toEqual({
      success: true,
      output: expect.stringMatching(
        /^Built and pushed shop\/runner:1\. Run it: podman run /,
      ) as string,
    });
    const folder = `${fixture.workspace.root}/dist/apps/runner`;
    expect(calls()).toEqual([
      `podman build --build-arg NODE_IMAGE=node@sha256:1 --tag shop/runner:1 ${folder}`,
      'podman push shop/runner:1',
    ]);
  });

  it('is not built where no engine answers, which is said of each, with the command for another machine', async () => {
    install('docker', 'echo "Cannot connect to the Docker daemon." >&2; exit 1');

    const { success, errors } = await image();

    expect(success).toBe(false);
    expect(errors).toContain(
      'no container engine answers: docker says: Cannot connect to the Docker daemon; podman is not installed. ' +
        'Start one, or do it where there is one: docker build --tag runner dist/apps/runner',
    );
  });

  it('that cannot be built or pushed fails with the command', async () => {
    install('docker', '[ "$1" = info ]');

    const { success, errors } = await image();

    expect(success).toBe(false);
    expect(errors).toMatch(/"docker build --tag runner .*" failed with exit code 1/);
  });
});

it('a folder without a Dockerfile is named', async () => {
  rmSync(join(fixture.workspace.root, 'dist/apps/runner/Dockerfile'), { force: true });
  const { success, errors } = await image();
  expect(success).toBe(false);
  expect(errors).toContain('dist/apps/runner has no Dockerfile');
});
