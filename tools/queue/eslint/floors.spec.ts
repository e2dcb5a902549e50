import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const PLAN = {
  sources: 'src',
  floors: [
    [{ room: 'ground' }, { room: 'cellar' }],
    [{ room: 'middle' }],
    [{ room: 'middle/left' }, { room: 'middle/right' }],
    [{ room: 'index.ts' }],
  ],
  packages: [{ package: 'pg', rooms: ['ground', 'cellar'] }],
};

/** A project in which every file is where it belongs. */
const FILES = {
  'project.json': '{}',
  'floors.json': JSON.stringify(PLAN),
  'src/index.ts': `export * from './middle/left/left';`,
  'src/ground/ground.ts': `import pg from 'pg'; export const ground = pg;`,
  'src/ground/neighbour.ts': `import type {} from './ground';`,
  'src/cellar/cellar.ts': 'export {};',
  'src/middle/middle.ts': `import '../ground/ground'; import '../cellar/cellar';`,
  'src/middle/middle.spec.ts': `import './right/right'; import './testing/sample'; import 'pg';`,
  'src/middle/testing/sample.ts': `import '../../index'; import '../middle.spec';`,
  'src/middle/left/left.ts': `import '../middle'; import './more';`,
  'src/middle/left/more.ts': `import '../../ground/ground'; import 'node:fs';`,
  'src/middle/right/right.ts': `export {};`,
};

const MOVE =
  'Move what both need to a lower floor, or pass it in as an argument. Floors: floors.json';

interface Case {
  title: string;
  file: string;
  text: string;
  messages: string[];
}

const CASES: Case[] = [
  {
    title: 'a room may not import from a higher floor',
    file: 'src/ground/ground.ts',
    text: `import '../middle/middle';`,
    messages: [
      `\`ground\` (floor 1) may not import \`middle\` (floor 2): a room imports from lower floors only. ${MOVE}`,
    ],
  },
  {
    title: 'a room may not import from another room of its floor',
    file: 'src/ground/ground.ts',
    text: `import '../cellar/cellar';`,
    messages: [
      `\`ground\` and \`cellar\` are both on floor 1 and may not import each other. ${MOVE}`,
    ],
  },
  {
    title: 'a room may not import the rooms inside of it',
    file: 'src/middle/middle.ts',
    text: `import './left/left';`,
    messages: [
      `\`middle\` (floor 2) may not import \`middle/left\` (floor 3): a room imports from lower floors only. ${MOVE}`,
    ],
  },
  {
    title: 'two rooms inside of one may not import each other',
    file: 'src/middle/left/left.ts',
    text: `import '../right/right';`,
    messages: [
      `\`middle/left\` and \`middle/right\` are both on floor 3 and may not import each other. ${MOVE}`,
    ],
  },
  {
    title: 'an import of a type counts, in each of its forms, and so does a lazy import',
    file: 'src/ground/ground.ts',
    text: `
      import type {} from '../middle/middle';
      export type * from '../middle/middle';
      export type { Middle } from '../middle/middle';
      export type Other = import('../middle/middle').Middle;
      export const lazy = () => import('../middle/middle');
    `,
    messages: Array<string>(5).fill(
      `\`ground\` (floor 1) may not import \`middle\` (floor 2): a room imports from lower floors only. ${MOVE}`,
    ),
  },
  {
    title: 'no room may import what the project exports',
    file: 'src/middle/left/left.ts',
    text: `import '../..';`,
    messages: [
      `\`middle/left\` (floor 3) may not import \`index.ts\` (floor 4): a room imports from lower floors only. ${MOVE}`,
    ],
  },
  {
    title: 'files of a room may not import each other in a circle, not even for types',
    file: 'src/middle/left/more.ts',
    text: `import type {} from './left';`,
    messages: [
      'Circle of files in `middle/left`: middle/left/left.ts → middle/left/more.ts → middle/left/left.ts. Move what they need of each other to a file that imports none of them.',
      'Circle of files in `middle/left`: middle/left/more.ts → middle/left/left.ts → middle/left/more.ts. Move what they need of each other to a file that imports none of them.',
    ],
  },
  {
    title: 'product code may not import what is for tests',
    file: 'src/middle/middle.ts',
    text: `import './testing/sample';`,
    messages: [
      '`middle/testing/sample.ts` is for tests: only *.spec.ts and `testing` folders may import it, `middle` may not. Move what both need out of it.',
    ],
  },
  {
    title: 'a package that is kept to some rooms may not be imported by another',
    file: 'src/middle/middle.ts',
    text: `import type { Pool } from 'pg/lib/pool'; export type { Pool };`,
    messages: [
      '`middle` may not import `pg`, only ground, cellar may. Add what you need of it there. Floors: floors.json',
    ],
  },
  {
    title: 'a folder that is no room is told to become one',
    file: 'src/attic/attic.ts',
    text: 'export {};',
    messages: [
      '`attic/attic.ts` is in no room. Move it to one, or add its folder to floors.json, on the lowest floor from which it can import what it needs.',
    ],
  },
];

const NO_FLOORS = {
  'project.json': '{}',
  'src/a.ts': `import './b';`,
  'src/b.ts': `import './a';`,
};

describe('the rule of the floors', () => {
  let root: string;
  let messagesOf: (title: string) => string[] | undefined;

  beforeAll(async () => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'floors-')));
    const projects: [title: string, files: Record<string, string>][] = [
      ['good', FILES],
      ['no floors', NO_FLOORS],
      ...CASES.map(({ title, file, text }): [string, Record<string, string>] => [
        title,
        { ...FILES, [file]: text },
      ]),
    ];
    const folders = projects.map((_, index) => join(root, `project-${index}`));
    await Promise.all(folders.map((folder, index) => write(folder, projects[index]?.[1] ?? {})));
    const messages = lint(folders);
    messagesOf = (title) => messages[projects.findIndex(([name]) => name === title)]?.sort();
  });

  afterAll(() => {
    rmSync(root, { recursive: true, force: true });
  });

  it('accepts a project that keeps to its floors', () => {
    expect(messagesOf('good')).toEqual([]);
  });

  it('leaves a project without floors alone', () => {
    expect(messagesOf('no floors')).toEqual([]);
  });

  it.each(CASES)('$title', ({ title, messages }) => {
    expect(messagesOf(title)).toEqual(messages);
  });
});

/** The messages for each of these projects. */
function lint(folders: readonly string[]): string[][] {
  const driver = join(__dirname, '../testing/lint-floors.driver.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [driver, ...folders], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`lint-floors.driver.mjs failed: ${stderr}`);
  return JSON.parse(stdout) as string[][];
}

async function write(folder: string, files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}
