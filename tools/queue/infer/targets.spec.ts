import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { WORKER_COMMANDS } from '../command/command-list';
import { DiskFiles, projectsOnDisk } from '../workspace/index';
import { createNodes } from './targets.cjs';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'infer-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function write(file: string, content: object | string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), typeof content === 'string' ? content : JSON.stringify(content));
}

function targetsOf(file: string, options = {}) {
  const [node] = createNodes[1]([file], options, { workspaceRoot: root });
  return node?.[1].projects[dirname(file)]?.targets;
}

const WORKER = { name: 'media', tags: ['queue:worker'] };

describe('the targets that nobody has to write', () => {
  it('are, of a worker, all that the plugin can do with one, each with a description', () => {
    write('services/media/project.json', WORKER);

    const targets = targetsOf('services/media/project.json') ?? {};

    const ofApplications = ['build', 'serve', 'report', 'why', 'sbom', 'typecheck'];
    const commands = WORKER_COMMANDS.map(({ name }) => name);
    expect(Object.keys(targets).sort()).toEqual([...ofApplications, ...commands].sort());
    for (const { metadata } of Object.values(targets)) expect(metadata?.description).toMatch(/\.$/);
    expect(targets['dead']).toMatchObject({ executor: '@tools/queue:dead' });
    expect(targets['build']).not.toHaveProperty('options');
  });

  it('check the types of the programs that tsconfig.json only refers to', () => {
    write('services/media/project.json', WORKER);
    const command = () => targetsOf('services/media/project.json')?.['typecheck']?.command;
    write('services/media/tsconfig.json', { include: ['src'] });
    expect(command()).toBe('tsc -p {projectRoot}');
    write('services/media/tsconfig.json', {
      files: [],
      references: [{ path: './tsconfig.app.json' }],
    });
    expect(command()).toBe('tsc --build {projectRoot}');
  });

  it('build an image that serves its health on the port of worker.ts', () => {
    write('services/media/project.json', { ...WORKER, sourceRoot: 'services/media/code' });
    write(
      'services/media/code/worker.ts',
      "export const worker = { name: 'media-two', port: 3_002, processors };",
    );

    const targets = targetsOf('services/media/project.json', { images: true });
    expect(targets?.['build']?.options).toEqual({
      image: { port: 3002, portVariable: 'MEDIA_TWO_HTTP' },
    });
    expect(targets?.['image']).toMatchObject({ dependsOn: ['build'] });
  });

  it('are, of other applications, those that the tag in nx.json asks for; libraries have none', () => {
    write('services/api/project.json', { name: 'api', tags: ['type:app'] });
    write('services/api/package.json', { name: '@acme/api', nx: { tags: ['type:app'] } });
    const options = { applications: 'type:app' };

    for (const file of ['services/api/project.json', 'services/api/package.json']) {
      const names = Object.keys(targetsOf(file, options) ?? {});
      expect(names.sort()).toEqual(['build', 'report', 'sbom', 'serve', 'typecheck', 'why']);
    }
    expect(targetsOf('services/api/project.json')).toBeUndefined();
  });

  it('leave a file that is no JSON to Nx, which says what is wrong', () => {
    write('services/media/project.json', '{');
    expect(targetsOf('services/media/project.json')).toBeUndefined();
  });

  it('are known without Nx too, and what a project says itself takes precedence', () => {
    write('nx.json', { plugins: [{ plugin: '@tools/queue/targets', options: { images: true } }] });
    write('services/media/src/worker.ts', "{ name: 'media', port: 3002 }");
    write('services/media/project.json', {
      ...WORKER,
      targets: {
        build: { options: { minify: false } },
        serve: { executor: 'nx:run-commands', options: { command: 'node main.js' } },
      },
    });

    const { media } = projectsOnDisk(new DiskFiles(root), ['services/media/project.json']);

    expect(media?.targets).toMatchObject({
      dead: { executor: '@tools/queue:dead' },
      build: {
        executor: '@tools/queue:build',
        options: { minify: false, image: { port: 3002, portVariable: 'MEDIA_HTTP' } },
      },
      serve: { executor: 'nx:run-commands', options: { command: 'node main.js' } },
    });
  });
});

it('Nx loads nothing but the sources of Node to know them, with every command', () => {
  for (const file of ['targets.cjs', '../workspace/inferred-targets.cjs']) {
    const text = readFileSync(join(__dirname, file), 'utf8');
    const required = [...text.matchAll(/require\('([^']+)'\)/g)].map(([, name]) => name);
    expect(required.filter((name) => !name?.startsWith('node:'))).toEqual(
      file === 'targets.cjs' ? ['../workspace/inferred-targets.cjs'] : [],
    );
  }
});
