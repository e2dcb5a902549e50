import ts from 'typescript';
import { pages } from './pages';
import { type Example, typeCheck } from './type-check';

/** Checked here, and for `sh` in commands.spec.ts. `text` is output, or a drawing. */
const LANGUAGES = ['ts', 'sh', 'json', 'jsonc', 'yaml', 'text'];

const examples: Example[] = pages().flatMap(({ path, fences }) =>
  fences.map((fence) => ({ page: path, ...fence })),
);
const inLanguage = (...names: string[]) =>
  examples.filter(({ language }) => names.includes(language));

describe('the examples in the docs', () => {
  it('say what they are', () => {
    const unknown = examples.filter(({ language }) => !LANGUAGES.includes(language));
    expect(unknown.map(({ page, line, language }) => `${page}:${line}: "${language}"`)).toEqual([]);
  });

  it('compile against this workspace', () => {
    const typescript = inLanguage('ts');
    expect(typescript.length).toBeGreaterThan(10);
    expect(typeCheck(typescript)).toEqual([]);
  });

  it('are JSON if they say so', () => {
    const errors = inLanguage('json', 'jsonc').flatMap(({ page, line, code }) => {
      const { error } = ts.parseConfigFileTextToJson('example.json', code);
      return error === undefined
        ? []
        : [`${page}:${line}: ${ts.flattenDiagnosticMessageText(error.messageText, ' ')}`];
    });
    expect(errors).toEqual([]);
  });
});

describe('the check of examples', () => {
  const example = (code: string, before = ''): Example => ({
    page: 'docs/page.md',
    language: 'ts',
    line: 10,
    code,
    before,
    after: '',
  });
  const contract = example(
    "// libs/jobs/src/postcard.job.ts\nimport { defineJob } from '@libs/queue';\nimport * as z from 'zod';\n" +
      "export const postcardJob = defineJob({ name: 'postcard', data: z.object({ to: z.email() }) });\n",
  );
  const produce = (data: string) =>
    example(
      `await postcards.add(${data});\n`,
      "import { postcardJob } from '@libs/jobs/postcard';\nimport type { JobProducer } from '@libs/queue';\n" +
        'declare const postcards: JobProducer<typeof postcardJob>;\n',
    );

  it('lets examples import one another, and names the line of the page that does not compile', () => {
    const right = produce("{ to: 'ada@example.com' }");
    const wrong = { ...produce('{ from: 1 }'), line: 20 };
    expect(typeCheck([contract, right, wrong])).toEqual([
      expect.stringMatching(/^docs\/page\.md:20: .*'from' does not exist/),
    ]);
  });
});
