import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { ImportPaths, InvalidJsonError } from './import-paths';

function importPaths(files: Record<string, unknown>, roots: string[] = []): ImportPaths {
  const tree = createTreeWithEmptyWorkspace({ formatter: 'prettier' });
  for (const [path, content] of Object.entries(files)) {
    tree.write(path, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return new ImportPaths(tree, roots);
}

const paths = (entries: Record<string, string[]>, more = {}): object => ({
  compilerOptions: { paths: entries, ...more },
});

describe('import paths', () => {
  it('come from the paths of tsconfig.base.json, exact ones first', () => {
    const imports = importPaths({
      'tsconfig.base.json': paths({
        '@x/jobs/*': ['./libs/jobs/src/*.job.ts'],
        '@x/data/*': ['./libs/data/src/*/index.ts'],
        '@x/queue/*': ['libs/queue/src/*.ts'],
        '@x/queue': ['./libs/queue/src/index.ts'],
      }),
    });

    expect(imports.specifierFor('libs/jobs/src/email.job.ts')).toBe('@x/jobs/email');
    expect(imports.specifierFor('libs/jobs/src/deep/email.job.ts')).toBe('@x/jobs/deep/email');
    expect(imports.specifierFor('libs/data/src/images/index.ts')).toBe('@x/data/images');
    expect(imports.specifierFor('libs/queue/src/index.ts')).toBe('@x/queue');
    expect(imports.specifierFor('libs/queue/src/consumer.ts')).toBe('@x/queue/consumer');
    expect(imports.specifierFor('libs/jobs/src/email.ts')).toBeUndefined();
  });

  it('are relative to baseUrl, and may leave out the ending or the index', () => {
    const imports = importPaths({
      'tsconfig.base.json': paths(
        { '@x/queue': ['queue/src'], '@x/jobs': ['jobs/src/index'] },
        { baseUrl: './libs' },
      ),
    });

    expect(imports.specifierFor('libs/queue/src/index.ts')).toBe('@x/queue');
    expect(imports.specifierFor('libs/jobs/src/index.ts')).toBe('@x/jobs');
  });

  it('come from the package.json of a project where the package manager links them', () => {
    const imports = importPaths(
      {
        'tsconfig.base.json': {},
        'libs/queue/package.json': {
          name: '@x/queue',
          exports: {
            '.': {
              development: './src/index.ts',
              types: './dist/index.d.ts',
              default: './dist/i.js',
            },
            './consumer': './src/consumer.ts',
            './package.json': './package.json',
          },
        },
        'libs/jobs/package.json': { name: '@x/jobs', exports: './src/index.ts' },
      },
      ['libs/queue', 'libs/jobs', 'libs/none'],
    );

    expect(imports.specifierFor('libs/queue/src/index.ts')).toBe('@x/queue');
    expect(imports.specifierFor('libs/queue/src/consumer.ts')).toBe('@x/queue/consumer');
    expect(imports.specifierFor('libs/jobs/src/index.ts')).toBe('@x/jobs');
  });

  it('lead back to the file that is imported, also from a relative path', () => {
    const imports = importPaths({
      'tsconfig.base.json': paths({ '@x/jobs/*': ['./libs/jobs/src/*.job.ts'] }),
      'libs/jobs/src/email.job.ts': '',
      'libs/jobs/src/index.ts': '',
    });
    const importer = 'apps/worker/src/a.ts';

    expect(imports.fileFor('@x/jobs/email', importer)).toBe('libs/jobs/src/email.job.ts');
    expect(imports.fileFor('@x/jobs/sms', importer)).toBeUndefined();
    expect(imports.fileFor('zod', importer)).toBeUndefined();
    expect(imports.fileFor('../../../libs/jobs/src/email.job', importer)).toBe(
      'libs/jobs/src/email.job.ts',
    );
    expect(imports.fileFor('./email.job.js', 'libs/jobs/src/other.ts')).toBe(
      'libs/jobs/src/email.job.ts',
    );
    expect(imports.fileFor('.', 'libs/jobs/src/other.ts')).toBe('libs/jobs/src/index.ts');
  });

  it('may have comments beside them, and name the file that is no JSON', () => {
    expect(
      importPaths({
        'tsconfig.base.json': '{ /* why */ "compilerOptions": { "paths": { "@x": ["./x.ts"] } } }',
      }).specifierFor('x.ts'),
    ).toBe('@x');
    expect(() => importPaths({ 'tsconfig.base.json': '{' })).toThrow(InvalidJsonError);
    expect(() => importPaths({ 'tsconfig.base.json': '{' })).toThrow('tsconfig.base.json');
  });
});
