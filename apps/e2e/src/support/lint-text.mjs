// Lints texts as if they were the content of files of this workspace, with its own eslint.config.mjs.
// stdin: [{ "file": "apps/api/src/main.ts", "text": "import '…';" }]  stdout: the messages of each.
//
// A program of its own, because Jest cannot load an ESLint configuration that is an ES module.
import { text } from 'node:stream/consumers';
import { createProjectGraphAsync, workspaceRoot } from '@nx/devkit';
import { ESLint } from 'eslint';

// The boundary rule reads the graph from the cache, and checks nothing if there is none.
await createProjectGraphAsync({ exitOnError: true, resetDaemonClient: true });

const eslint = new ESLint({ cwd: workspaceRoot });
const cases = JSON.parse(await text(process.stdin));
const results = [];
for (const { file, text: content } of cases) {
  const [result] = await eslint.lintText(content, { filePath: `${workspaceRoot}/${file}` });
  results.push(result.messages.map(({ ruleId, message, fatal }) => ({ ruleId, message, fatal })));
}
process.stdout.write(JSON.stringify(results));
