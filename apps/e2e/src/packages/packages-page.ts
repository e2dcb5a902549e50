import { markdownTable } from '@tools/experiment';
import {
  packageName,
  packageVersion,
  type Place,
  PLACES,
  type SampleResult,
  WORKS,
  worksEverywhere,
} from './sample';

const HEAD = `# Packages that were tried

A sample job of each package below was generated, written, and run: from a build that was copied
elsewhere and installed there, in \`nx serve\`, in the test that the generator writes, and isolated.
Each began with a clean installation. What makes a package bundled or external is explained in
[the bundle](bundle.md#bundled-external-or-left-out).

- **in the bundle**: \`bundled\`, or \`external\`: installed beside the bundle, and why.
- **a line**: what \`options\` of the target \`build\` in \`apps/worker/project.json\` need for it.
- **build**: the job ran in what \`npx nx build worker\` wrote, after \`npm ci --omit=dev\`.
- **isolated**: it ran there with \`isolation: 'process'\` and with \`isolation: 'thread'\`.
- **serve**: all three ran in \`npx nx serve worker\`.
- **spec**: the generated test passed.
`;

const TAIL = `## Make this table

\`\`\`sh
npx nx run e2e:packages
\`\`\`

It needs the npm registry, and a minute for each package. It tries what has no result for its version
yet; \`--failed\` tries again what did not work, and \`--all\` everything. Name packages to try only
these: \`npx nx run e2e:packages -- axios pdfkit\`. The results so far are in
\`apps/e2e/src/packages/results.generated.json\`, and this page is made of them.

## If your package is not here

Use it in a processor and build: \`npx nx run worker:report\` shows where it went. If it does not work,
[the bundle](bundle.md#bundled-external-or-left-out) says which line may be missing. To have it in this
table, add a folder with a \`work.ts\` to \`apps/e2e/src/packages/files\` and an entry to
\`apps/e2e/src/packages/samples.ts\`.
`;

/**
 * The documentation page of what was tried.
 *
 * @param untried samples without a result, by name
 */
export function packagesPage(results: readonly SampleResult[], untried: readonly string[]): string {
  const rows = [...results].sort((a, b) => (a.name < b.name ? -1 : 1));
  const table = markdownTable<SampleResult>(
    [
      { title: 'package', align: 'left', value: ({ name, packages }) => nameOf(name, packages) },
      {
        title: 'version',
        align: 'left',
        value: ({ packages }) => packageVersion(packages[0] ?? ''),
      },
      { title: 'in the bundle', align: 'left', value: ({ kind }) => kind },
      { title: 'a line', align: 'left', value: ({ line }) => (line ? lineOf(line) : '-') },
      { title: 'build', align: 'left', value: ({ outcomes }) => mark(outcomes.build) },
      { title: 'isolated', align: 'left', value: isolated },
      { title: 'serve', align: 'left', value: ({ outcomes }) => mark(outcomes.serve) },
      { title: 'spec', align: 'left', value: ({ outcomes }) => mark(outcomes.spec) },
      { title: 'what the sample does', align: 'left', value: ({ about }) => about },
    ],
    rows,
  );
  const node = Math.max(0, ...rows.map((row) => row.node));
  const failing = rows.filter((row) => !worksEverywhere(row));
  return [
    HEAD,
    `Tried with Node.js ${node}.`,
    table,
    ...notYet(untried),
    ...failures(failing),
    TAIL,
  ].join('\n\n');
}

function failures(failing: readonly SampleResult[]): string[] {
  if (failing.length === 0) return [];
  return [
    '## What does not work',
    failing.map((result) => `- **${result.name}**: ${reasons(result)}`).join('\n'),
  ];
}

function notYet(untried: readonly string[]): string[] {
  return untried.length === 0 ? [] : [`Without a result yet: ${untried.join(', ')}.`];
}

/** Each reason once, with the places that it is of. */
function reasons({ outcomes }: SampleResult): string {
  const places = new Map<string, Place[]>();
  for (const place of PLACES) {
    const outcome = outcomes[place];
    if (outcome !== WORKS) places.set(outcome, [...(places.get(outcome) ?? []), place]);
  }
  return [...places].map(([text, where]) => `${where.join(', ')}: ${code(text)}`).join('; ');
}

function nameOf(name: string, packages: readonly string[]): string {
  const installed = packages.map(packageName);
  return [name, ...installed.filter((other) => other !== name)].join(', ');
}

function lineOf(line: object): string {
  return Object.entries(line)
    .map(([option, value]) => code(`"${option}": ${JSON.stringify(value)}`))
    .join(', ');
}

function isolated({ outcomes }: SampleResult): string {
  const { process, thread } = outcomes;
  if (process === thread) return mark(process);
  if (process !== WORKS && thread !== WORKS) return 'no';
  return process === WORKS ? 'process only' : 'thread only';
}

function mark(outcome: string): string {
  return outcome === WORKS ? 'yes' : 'no';
}

/** The text as code, whatever it holds. */
function code(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}
