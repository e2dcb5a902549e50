import { spawnSync } from 'node:child_process';
import { envExample } from './env-example';
import { replaceBlock } from './generated-block';
import { workspaceRoot } from './workspace';

test('what is generated from the code is up to date', () => {
  const program = 'tools/docs/src/generate.main.ts';
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', program, '--check'],
    {
      cwd: workspaceRoot,
      encoding: 'utf8',
      env: { ...process.env, TSX_TSCONFIG_PATH: 'tsconfig.base.json' },
    },
  );
  expect({ status, stderr, stdout }).toEqual({
    status: 0,
    stderr: '',
    stdout: 'Everything is up to date.\n',
  });
});

describe('the example of an .env file', () => {
  const row = (name: string, value: string | undefined) => ({
    name,
    default: value,
    required: false,
    description: `What ${name} does.`,
    isSecret: false,
  });

  it('has every variable commented out, with its default', () => {
    const example = envExample([
      { name: 'api', rows: [row('PORT', '3000'), row('TOKEN', undefined)] },
    ]);
    expect(example).toContain(
      '# api\n\n# What PORT does.\n# PORT=3000\n\n# What TOKEN does.\n# TOKEN=\n',
    );
  });

  it('tells a default that is no value in words', () => {
    const example = envExample([
      { name: 'api', rows: [row('QUEUE_URL', 'the value of DATABASE_URL')] },
    ]);
    expect(example).toContain(
      '# What QUEUE_URL does. Default: the value of DATABASE_URL.\n# QUEUE_URL=\n',
    );
  });
});

describe('a block of a page', () => {
  const page =
    'above\n<!-- generated: begin api -->\n\nold\n\n<!-- generated: end api -->\nbelow\n';

  it('is replaced, and nothing else', () => {
    expect(replaceBlock(page, 'api', 'new')).toBe(page.replace('old', 'new'));
  });

  it('that is missing is named, with the lines to add', () => {
    expect(() => replaceBlock(page, 'worker', 'new')).toThrow(
      'Add the lines "<!-- generated: begin worker -->" and "<!-- generated: end worker -->".',
    );
  });
});
