import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import { pages } from './pages';
import { inWorkspace, readText, workspaceFiles } from './workspace';

const all = pages();
const byPath = new Map(all.map((page) => [page.path, page]));

/** What is wrong with a link; undefined if it leads somewhere. */
function brokenLink(from: string, target: string): string | undefined {
  if (/^[a-z]+:/.test(target)) return undefined;
  const [file = '', anchor] = target.split('#', 2);
  const path = file === '' ? from : posix.join(posix.dirname(from), file);
  if (!existsSync(inWorkspace(path))) return `there is no ${path}`;
  const page = byPath.get(path);
  if (anchor === undefined || page === undefined || page.anchors.has(anchor)) return undefined;
  return `${path} has no heading #${anchor}`;
}

/** Files of a job, or of a worker, that a reader is about to generate. */
const isExample = (path: string) => /email|^apps\/media\/|[<*…]/.test(path);

describe('a reader of the docs', () => {
  it('finds something behind each link', () => {
    const broken = all.flatMap(({ path, links }) =>
      links.flatMap(({ text, line }) => {
        const problem = brokenLink(path, text);
        return problem === undefined ? [] : [`${path}:${line}: ${text}: ${problem}`];
      }),
    );
    expect(broken).toEqual([]);
  });

  it('finds each file that a page names', () => {
    const missing = all
      .filter(({ path }) => path !== 'CHANGELOG.md')
      .flatMap(({ path, code }) =>
        code
          .filter(({ text }) => /^(apps|libs|tools|docs)\/[\w./<>*…-]+$/.test(text))
          .filter(({ text }) => !isExample(text) && !existsSync(inWorkspace(text)))
          .map(({ text, line }) => `${path}:${line}: ${text}`),
      );
    expect(missing).toEqual([]);
  });

  it('reaches every page from the README', () => {
    const reached = new Set<string>();
    const visit = (path: string) => {
      if (reached.has(path)) return;
      reached.add(path);
      for (const { text } of byPath.get(path)?.links ?? []) {
        if (!/^[a-z]+:/.test(text))
          visit(posix.join(posix.dirname(path), text.split('#', 1)[0] ?? ''));
      }
    };
    visit('README.md');
    expect(all.map(({ path }) => path).filter((path) => !reached.has(path))).toEqual([]);
  });
});

test('every page that the code names is there', () => {
  const sources = workspaceFiles(
    ...['apps', 'libs', 'tools', '.github', 'compose.yaml', '.env.example', ':!*.spec.ts'],
  );
  const missing = sources.flatMap((source) =>
    [...readText(source).matchAll(/(?<![\w/.])docs\/[\w/-]+\.(?:md|svg)/g)]
      .filter(([path]) => !existsSync(inWorkspace(path)))
      .map(([path]) => `${source}: ${path}`),
  );
  expect(missing).toEqual([]);
});
