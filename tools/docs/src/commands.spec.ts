import { problemsOf } from './commands';
import { pages } from './pages';

const all = pages();

/** `npx nx build <project>` can be run if it can for a worker. */
const withoutPlaceholders = (text: string) =>
  text.replace(/<(?:app|application|project)>/g, 'worker').replace(/<[^>]*>/g, 'x');

describe('a command in the docs', () => {
  it('can be run: its program, script, project, target and options exist', () => {
    const problems = all.flatMap(({ path, fences }) =>
      fences
        .filter(({ language }) => language === 'sh')
        .flatMap(({ code, line }) =>
          problemsOf(code).map((problem) => `${path}:${line}: ${problem}`),
        ),
    );
    expect(problems).toEqual([]);
  });

  it('can be run if it stands in a sentence or a table, too', () => {
    const problems = all
      .filter(({ path }) => path !== 'CHANGELOG.md')
      .flatMap(({ path, code }) =>
        code
          .filter(({ text }) => /^(npm|npx) /.test(text))
          .flatMap(({ text, line }) =>
            problemsOf(withoutPlaceholders(text)).map((problem) => `${path}:${line}: ${problem}`),
          ),
      );
    expect(problems).toEqual([]);
  });
});

describe('the check of commands', () => {
  it.each([
    'npm ci && npm start   # a comment',
    'npx nx g @tools/queue:processor email --isolation=process --dry-run',
    'npx nx run worker:enqueue --job=email --data=\'{"id": "#1 && 2"}\' --wait',
    'WORKER_PROCESSORS=email npx nx serve worker --no-typeCheck',
    'npx nx run api:migrate:show',
    'npx nx affected -t lint test typecheck',
    "curl -i http://localhost:3000 -H 'a: b' \\\n  -d '{}'",
  ])('accepts %s', (script) => {
    expect(problemsOf(script)).toEqual([]);
  });

  it.each([
    ['npm run begin', 'package.json has no script "begin"'],
    ['npx nx run worker:enqeue --job=email', 'worker has no target "enqeue"'],
    ['npx nx run worker:enqueue --jobs=email', 'there is no option --jobs'],
    ['npx nx serve wroker', 'there is no project "wroker"'],
    ['npx nx run api:migrate:all', 'api:migrate has no configuration "all"'],
    ['npx nx g @tools/queue:prozessor email', 'there is no generator @tools/queue:prozessor'],
    ['npx nx g @tools/queue:processor email --isolated', 'there is no option --isolated'],
    ['npx nx affected -t lint tests', 'no project has "tests"'],
    ['npm ci\nnods main.js', 'unknown program "nods"'],
  ])('says what is wrong with %s', (script, problem) => {
    expect(problemsOf(script)).toEqual([expect.stringContaining(problem)]);
  });
});
