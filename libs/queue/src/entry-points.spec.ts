import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { floors } from '../floors.json';

const ROOMS = floors.flat().map(({ room }) => room);

interface Closure {
  /** Rooms of this library. */
  readonly rooms: readonly string[];
  readonly packages: readonly string[];
}

/** What comes with a file, as far as it needs it when it runs. */
async function closureOf(entry: string): Promise<Closure> {
  const { metafile } = await build({
    entryPoints: [join(__dirname, entry)],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    packages: 'external',
    external: ['@libs/*'],
    logLevel: 'silent',
  });
  const files = Object.keys(metafile.inputs).map((file) =>
    relative(__dirname, join(process.cwd(), file)).replaceAll('\\', '/'),
  );
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
  const external = imports.filter((each) => each.external).map(({ path }) => path);
  return { rooms: [...new Set(files.map(roomOf))].sort(), packages: [...new Set(external)] };
}

/** The room with the longest name that the path begins with: `isolation/child` before `isolation`. */
function roomOf(file: string): string {
  const rooms = ROOMS.filter((room) => `${file}/`.startsWith(`${room}/`));
  return rooms.reduce((longest, room) => (room.length > longest.length ? room : longest), '');
}

interface EntryPoint {
  entry: string;
  who: string;
  has: string[];
  hasNot: string[];
}

const CLOSURES: EntryPoint[] = [
  {
    entry: 'index.ts',
    who: 'an application that only adds jobs',
    has: ['producer', 'reader', 'dead', 'store'],
    hasNot: [
      'processor',
      'isolation/wire',
      'isolation/parent',
      'isolation/child',
      'worker',
      'metrics',
      'tracing',
      'cli',
      'page',
      'testing',
    ],
  },
  {
    // A worker adds the jobs of its schedules, so it has a part of `producer`.
    entry: 'consumer.ts',
    who: 'an application that runs jobs',
    has: ['processor', 'worker', 'isolation/parent', 'isolation/child'],
    hasNot: ['outbox', 'dead', 'reader', 'metrics', 'tracing', 'cli', 'page', 'testing'],
  },
  {
    entry: 'cli.ts',
    who: 'the commands of a worker',
    has: ['cli', 'producer', 'dead'],
    hasNot: [
      'processor',
      'isolation/wire',
      'isolation/parent',
      'isolation/child',
      'worker',
      'testing',
    ],
  },
  {
    entry: 'metrics.ts',
    who: 'an application that measures',
    has: ['metrics', 'outbox'],
    hasNot: ['processor', 'worker', 'isolation/parent', 'isolation/child', 'cli', 'testing'],
  },
  {
    entry: 'tracing.ts',
    who: 'an application that traces',
    has: ['tracing'],
    hasNot: ['processor', 'producer', 'store', 'bullmq', 'worker', 'isolation/child', 'metrics'],
  },
  {
    entry: 'page.ts',
    who: 'the page of queues',
    has: ['page', 'dead'],
    hasNot: ['isolation/wire', 'isolation/parent', 'isolation/child', 'worker', 'cli', 'testing'],
  },
  {
    entry: 'testing.ts',
    who: 'a test',
    has: ['testing', 'producer', 'worker'],
    hasNot: ['metrics', 'tracing', 'cli'],
  },
  {
    // What a sandbox itself needs. Its program also gets what `consumer.ts` holds: processors import that.
    entry: 'isolation/child/run-sandbox.ts',
    who: 'the program of a sandbox',
    has: ['isolation/child', 'isolation/wire', 'processor'],
    hasNot: [
      'isolation/parent',
      'worker',
      'module',
      'store',
      'queues',
      'connection',
      'connection/postgres',
      'connection/redis',
      'bullmq',
      'producer',
    ],
  },
];

describe('the entry points of this library', () => {
  it.each(CLOSURES)('$entry gives $who only what it needs', async ({ entry, has, hasNot }) => {
    const { rooms, packages } = await closureOf(entry);
    expect(packages.includes('prom-client')).toBe(rooms.includes('metrics'));
    const isTraced = packages.some((name) => name.startsWith('@opentelemetry/'));
    expect(isTraced).toBe(rooms.includes('tracing'));
    expect(rooms).toEqual(expect.arrayContaining(has));
    expect(rooms.filter((room) => hasNot.includes(room))).toEqual([]);
  });

  it('are described by rooms that exist', () => {
    const named = CLOSURES.flatMap(({ has, hasNot }) => [...has, ...hasNot]);
    expect(named.filter((room) => !ROOMS.includes(room))).toEqual([]);
    expect(ROOMS.filter((room) => !existsSync(join(__dirname, room)))).toEqual([]);
  });
});
