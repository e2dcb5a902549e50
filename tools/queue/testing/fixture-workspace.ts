import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ProjectGraph } from '@nx/devkit';
import type { BuildOptions } from '../bundle/build-options';
import type { BundleSettings } from '../bundle/bundle-settings';
import { bundleSettings } from '../bundle/bundle-settings';
import { LinkedPackages } from './linked-packages';

/** The workspace that these tests are part of. */
const HOST = realpathSync(join(__dirname, '../../..'));

const packages = new LinkedPackages(join(HOST, 'node_modules'));
afterAll(() => {
  packages.close();
});

export interface FixtureProject {
  root: string;
  tags?: string[];
  /** The projects and npm packages (`npm:sharp`) that it depends on. */
  dependsOn?: string[];
}

export interface RunResult {
  code: number | null;
  /** Standard output and standard error. */
  output: string;
}

/** A small workspace in a temporary folder, which has the packages of this one. */
export class FixtureWorkspace {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'queue-fixture-')));

  constructor(files: Record<string, string> = {}) {
    packages.put(join(this.root, 'node_modules'));
    for (const file of ['package.json', 'package-lock.json'])
      cpSync(join(HOST, file), join(this.root, file));
    const { compilerOptions } = this.hostJson('tsconfig.base.json') as {
      compilerOptions: Record<string, unknown>;
    };
    this.writeJson('tsconfig.base.json', {
      compilerOptions: {
        ...compilerOptions,
        paths: {},
        typeRoots: undefined,
        types: ['node', 'jest'],
      },
    });
    this.write(files);
  }

  write(files: Record<string, string>): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.root, path)), { recursive: true });
      writeFileSync(join(this.root, path), text);
    }
  }

  writeJson(path: string, value: unknown): void {
    this.write({ [path]: `${JSON.stringify(value, undefined, 2)}\n` });
  }

  /** Sets the import paths of tsconfig.base.json. */
  paths(paths: Record<string, string[]>): void {
    const config = this.readJson('tsconfig.base.json') as { compilerOptions: object };
    this.writeJson('tsconfig.base.json', {
      compilerOptions: { ...config.compilerOptions, paths },
    });
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  readJson(path: string): unknown {
    return JSON.parse(this.read(path));
  }

  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  list(path: string): string[] {
    return this.has(path) ? readdirSync(join(this.root, path)).sort() : [];
  }

  delete(path: string): void {
    rmSync(join(this.root, path), { recursive: true });
  }

  /** Puts a package into node_modules and the lockfile, as `npm install` does. */
  install(name: string, manifest: object, files: Record<string, string>): void {
    const folder = `node_modules/${name}`;
    // It may be a link to a package of the real workspace, which must not be written to.
    if (lstatSync(join(this.root, folder), { throwIfNoEntry: false })?.isSymbolicLink()) {
      rmSync(join(this.root, folder));
    }
    this.writeJson(`${folder}/package.json`, { name, version: '1.0.0', ...manifest });
    this.write(
      Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text])),
    );
    const lockfile = this.readJson('package-lock.json') as { packages: Record<string, object> };
    lockfile.packages[folder] = { version: '1.0.0', ...manifest };
    this.writeJson('package-lock.json', lockfile);
  }

  /** Adds to the `dependencies` of the workspace's package.json. */
  declare(dependencies: Record<string, string>): void {
    const manifest = this.readJson('package.json') as { dependencies: Record<string, string> };
    this.writeJson('package.json', {
      ...manifest,
      dependencies: { ...manifest.dependencies, ...dependencies },
    });
  }

  /**
   * Makes it a workspace that Nx itself can work in: with this plugin and the target defaults of the
   * workspace that these tests are part of, in a git repository.
   */
  async useNx(): Promise<void> {
    cpSync(join(HOST, 'tools/queue'), join(this.root, 'tools/queue'), {
      recursive: true,
      filter: (path) => !/\.spec\.ts$|\/testing$|\/node_modules$/.test(path),
    });
    const nxJson = this.hostJson('nx.json') as object;
    this.writeJson('nx.json', { ...nxJson, plugins: [] });
    this.write({ '.gitignore': 'node_modules\ndist\n.nx\n' });
    await this.commit();
  }

  /** Everything as it is now becomes the state that `nx affected` compares with. */
  async commit(): Promise<void> {
    const git = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
    await this.run('git', ['init', '--quiet', '--initial-branch=main']);
    await this.run('git', ['add', '--all']);
    await this.run('git', [...git, 'commit', '--quiet', '--message=state', '--no-gpg-sign']);
  }

  nx(args: string, env: NodeJS.ProcessEnv = {}): Promise<RunResult> {
    const nx = join(this.root, 'node_modules/nx/dist/bin/nx.js');
    return this.run(process.execPath, [nx, ...args.split(' ')], {
      NX_DAEMON: 'false',
      // One process in place of one for each plugin: half the processor time.
      NX_ISOLATE_PLUGINS: 'false',
      ...env,
    });
  }

  settings(
    project: string,
    root: string,
    options: BuildOptions = {},
    tags: string[] = [],
  ): BundleSettings {
    return bundleSettings(options, project, { root, tags }, this.root);
  }

  run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<RunResult> {
    const child = spawn(command, args, {
      cwd: this.root,
      env: { ...inherited(process.env), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        resolve({ code, output });
      });
    });
  }

  node(...args: string[]): Promise<RunResult> {
    return this.run(process.execPath, args);
  }

  remove(): void {
    packages.take(join(this.root, 'node_modules'));
    rmSync(this.root, { recursive: true, force: true });
  }

  private hostJson(path: string): unknown {
    return JSON.parse(readFileSync(join(HOST, path), 'utf8'));
  }
}

/** What Nx would say of these projects, for tests that do not need Nx itself. */
export function projectGraph(projects: Record<string, FixtureProject>): ProjectGraph {
  const all = Object.entries(projects);
  const packages = new Set(
    all.flatMap(([, { dependsOn = [] }]) => dependsOn.filter((name) => name.startsWith('npm:'))),
  );
  return {
    nodes: Object.fromEntries(
      all.map(([name, { root, tags = [] }]) => [
        name,
        { name, type: root.startsWith('apps/') ? 'app' : 'lib', data: { root, tags } },
      ]),
    ),
    dependencies: Object.fromEntries(
      all.map(([source, { dependsOn = [] }]) => [
        source,
        dependsOn.map((target) => ({ source, target, type: 'static' })),
      ]),
    ),
    externalNodes: Object.fromEntries(
      [...packages].map((name) => {
        const packageName = name.slice('npm:'.length);
        return [name, { type: 'npm', name, data: { version: '1.0.0', packageName } }];
      }),
    ),
  };
}

/** Set against each other, they make Node print a warning. */
const COLOR_VARIABLES = new Set(['NO_COLOR', 'FORCE_COLOR']);

/**
 * Without the variables of Nx: a test may itself be run by it, and a nested Nx would take the wrong workspace. Without
 * colours, which some programs also write if `CI` is set.
 */
function inherited(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const others = Object.entries(env).filter(
    ([name]) => !name.startsWith('NX_') && !COLOR_VARIABLES.has(name),
  );
  return { ...Object.fromEntries(others), NO_COLOR: '1' };
}
