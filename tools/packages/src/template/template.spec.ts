import { resolve } from 'node:path';
import { publishedPaths } from '../published-paths';
import { workspaceTemplate } from './template';
import { templateProblems } from './template-problems';

const WORKSPACE = resolve(__dirname, '../../../..');

describe('the files of a new workspace', () => {
  const texts = workspaceTemplate(WORKSPACE);
  const published = publishedPaths(WORKSPACE);

  it('name no file, package or page that is not among them', () => {
    expect(templateProblems(texts, published)).toEqual([]);
  });

  it('would be refused with an import, a path in a setting or a page that only this workspace has', () => {
    const code = `import './absent';
      import '@libs/jobs/absent';
      import 'playwright-core';
      import 'nest-job-queue/absent';
      import { RedisServer } from '@libs/testing';
      // See docs/guides/flows.md`;
    const changed = new Map([
      ...texts,
      ['apps/api/src/new.ts', code],
      ['apps/api/project.json', '{ "command": "tsx tools/absent/src/main.ts" }'],
    ]);
    const imported = (name: string) =>
      `apps/api/src/new.ts imports ${name}, which is not in the template.`;
    expect(templateProblems(changed, published)).toEqual([
      'apps/api/project.json names tools/absent/src/main.ts, which is not in the template.',
      imported('./absent'),
      imported('@libs/jobs/absent'),
      imported('playwright-core'),
      imported('nest-job-queue/absent'),
      imported('RedisServer of @libs/testing'),
      'apps/api/src/new.ts speaks of what only this workspace has: // See docs/guides/flows.md',
    ]);
  });

  it('have no sign in them that the generator would replace, but the name of the workspace', () => {
    const signs = [...texts].flatMap(([path, text]) =>
      (text.match(/<%.*?%>/g) ?? []).map((sign) => `${path}: ${sign}`),
    );
    expect(signs.sort()).toEqual(['README.md: <%= name %>', 'package.json: <%= name %>']);
    expect([...texts.values()].join('').match(/<%/g)).toHaveLength(signs.length);
  });
});
