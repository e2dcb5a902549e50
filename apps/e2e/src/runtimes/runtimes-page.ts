import { type Column, markdownTable } from '@tools/experiment';
import { INSTALLERS, type Installer } from './candidates';
import type { Result, Results } from './results';
import { STEPS, type Step, WORKS } from './try-shipped';

const HEAD = `# Runtimes and package managers that were tried

The folders \`dist/apps/api\` and \`dist/apps/worker\`, copied out of the workspace, on Linux x64:

- **start**: \`migrate.js\` makes the tables; api and worker get ready.
- **mail**: a mail that the api is asked for is sent by the worker.
- **image**: a picture gets its thumbnails, by a package with native code (sharp) in a process of its own.
- **stop**: both end with exit code 0 after SIGTERM.

The tests of this workspace run with Node.js and npm only: the end-to-end tests do all of this and more with those of the
machine.

What was run with which libraries for databases, versions of Nest, Nx and TypeScript, from the packages, is in
[use it in your workspace](../guides/in-your-workspace.md#the-runtime-alone).
`;

const RUNTIMES = `## Runtimes

Installed by npm. \`bun main.js\` and \`deno run --allow-all main.js\` in place of \`node main.js\`. Bun does not apply
[\`memoryLimit\`](../guides/isolation.md); a worker warns.`;

const INSTALLING = `## Package managers

What is built lists its packages with their exact versions, in \`package.json\` and in \`package-lock.json\`. Which of them
may run a script when they are installed is in \`package.json\` for npm, and in \`pnpm-workspace.yaml\` for pnpm: since
version 11 pnpm ends with an error for a package that was not decided.`;

const TAIL = `## Make these tables

\`\`\`sh
npx nx run e2e:runtimes
\`\`\`

It builds api and worker, and needs the npm registry. \`--help\` lists its options. The results so far are in
\`apps/e2e/src/runtimes/results.generated.json\`, and this page is made of them.
`;

type Tried = Step | 'install';

export function runtimesPage({ node, runtimes, installers }: Results): string {
  const steps = STEPS.map((step) => column(step));
  const rows = [...runtimes, ...installers];
  return [
    HEAD,
    RUNTIMES,
    markdownTable([name('runtime'), version(), ...steps], runtimes),
    INSTALLING,
    `What they installed ran with Node.js ${node}.`,
    markdownTable(
      [name('package manager'), version(), commands(), column('install'), ...steps],
      installers,
    ),
    ...failures(rows),
    TAIL,
  ].join('\n\n');
}

function name(title: string): Column<Result> {
  return { title, align: 'left', value: (result) => shortName(result) };
}

function version(): Column<Result> {
  return { title: 'version', align: 'left', value: (result) => result.version };
}

function commands(): Column<Result> {
  return {
    title: 'commands',
    align: 'left',
    value: (result) => {
      const installer = INSTALLERS.find(
        (each) => each.name === result.name && each.version === result.version,
      );
      return installer === undefined ? '' : commandsOf(installer);
    },
  };
}

function commandsOf({ program, commands: all }: Installer): string {
  return all.map((args) => `\`${[program, ...args].join(' ')}\``).join(', ');
}

function column(tried: Tried): Column<Result> {
  return {
    title: tried,
    align: 'left',
    value: ({ outcomes }) => {
      const outcome = outcomes[tried];
      if (outcome === undefined) return '-';
      return outcome === WORKS ? 'yes' : 'no';
    },
  };
}

function failures(results: readonly Result[]): string[] {
  const lines = results.flatMap((result) =>
    Object.entries(result.outcomes)
      .filter(([, outcome]) => outcome !== WORKS)
      .map(
        ([step, outcome]) => `- **${shortName(result)} ${result.version}**, ${step}: ${outcome}`,
      ),
  );
  return lines.length === 0 ? [] : ['## What does not work', lines.join('\n')];
}

function shortName({ name: long }: Result): string {
  return long.startsWith('@yarnpkg/') ? 'yarn' : long;
}
