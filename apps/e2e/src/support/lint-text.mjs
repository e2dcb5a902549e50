// Lints the imports of texts as if these were the content of files of this workspace, with its own eslint.config.mjs.
// stdin: [{ "file": "apps/api/src/main.ts", "text": "import '…';" }]  stdout: the messages of each.
// Only rules about imports run: they need no types, which take most of the time of a lint.
//
// A program of its own, because Jest cannot load an ESLint configuration that is an ES module.
import { text } from 'node:stream/consumers';
import { createProjectGraphAsync, workspaceRoot } from '@nx/devkit';
import { ESLint } from 'eslint';

// The boundary rule reads the graph from the cache, and checks nothing if there is none.
await createProjectGraphAsync({ exitOnError: true, resetDaemonClient: true });

const IMPORT_RULES = [
  '@nx/enforce-module-boundaries',
  'no-restricted-imports',
  '@typescript-eslint/no-restricted-imports',
  'queue/processor-isolation',
  'queue/floors',
];

const eslint = new ESLint({
  cwd: workspaceRoot,
  ruleFilter: ({ ruleId }) => IMPORT_RULES.includes(ruleId),
  overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
});
const cases = JSON.parse(await text(process.stdin));
const results = [];
for (const { file, text: content } of cases) {
  const [result] = await eslint.lintText(content, { filePath: `${workspaceRoot}/${file}` });
  results.push(result.messages.map(({ ruleId, message, fatal }) => ({ ruleId, message, fatal })));
}
process.stdout.write(JSON.stringify(results));
