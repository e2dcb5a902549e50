import * as z from 'zod';
import { ConfigError, defineConfig, describeConfig, duration, loadConfig, port, urlOf } from '.';

const schema = defineConfig(
  z.object({
    DATABASE_URL: urlOf(['postgres:', 'postgresql:']).describe('The Postgres of the application.'),
    PORT: port().prefault('3000').describe('Where the server listens.'),
    SHUTDOWN_DEADLINE: duration().prefault('25s').describe('How long a shutdown may take.'),
    LOG_FORMAT: z.enum(['text', 'json']).default('text').describe('How log lines are written.'),
    QUEUE_URL: urlOf(['postgres:'])
      .optional()
      .describe('Where jobs are kept.')
      .meta({ defaultText: 'the value of DATABASE_URL' }),
  }),
);

const database = { DATABASE_URL: 'postgres://me:secret@db:5432/app' };

function failureOf(env: Record<string, string>): ConfigError {
  try {
    loadConfig(schema, env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('The configuration was accepted.');
}

describe('loading the configuration', () => {
  it('fills in the defaults of what is not set', () => {
    expect(loadConfig(schema, database)).toEqual({
      ...database,
      PORT: 3000,
      SHUTDOWN_DEADLINE: 25_000,
      LOG_FORMAT: 'text',
    });
  });

  it('takes a variable that is set to nothing as not set', () => {
    expect(loadConfig(schema, { ...database, PORT: '', LOG_FORMAT: ' ' })).toMatchObject({
      PORT: 3000,
      LOG_FORMAT: 'text',
    });
  });

  it('names every bad variable in one message, each with what is expected and what it is for', () => {
    const { message, problems } = failureOf({ PORT: '70000', LOG_FORMAT: 'xml' });
    expect(problems.map(({ name }) => name)).toEqual(['DATABASE_URL', 'PORT', 'LOG_FORMAT']);
    expect(message).toContain('3 environment variables are invalid:');
    expect(message).toContain('DATABASE_URL: is not set\n    The Postgres of the application.');
    expect(message).toContain('PORT: expected a whole number from 0 to 65535');
    expect(message).toMatch(/LOG_FORMAT: .*"text"\|"json"/);
  });

  it('says where the variables are documented, if the schema does and the page is there', () => {
    const documentedIn = (page: string) => defineConfig(schema.meta({ documentedIn: page }));
    expect(() => loadConfig(documentedIn(__filename), {})).toThrow(
      `Set them in the environment; ${__filename} lists all variables.`,
    );
    expect(() => loadConfig(documentedIn('docs/not-shipped.md'), {})).toThrow(
      /Set them in the environment\.$/,
    );
    expect(failureOf({}).message).toMatch(/Set them in the environment\.$/);
  });

  it('never shows the value of a variable, which may be a password', () => {
    const { message } = failureOf({ DATABASE_URL: 'mysql://me:secret@db/app' });
    expect(message).toContain('expected a URL that starts with postgres:// or postgresql://');
    expect(message).not.toContain('secret');
  });

  it.each([
    ['25s', 25_000],
    ['500ms', 500],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['1500', 1_500],
    ['007s', 7_000],
    ['0', 0],
    ['250h', 900_000_000],
  ])('reads the duration %s as %d ms', (text, milliseconds) => {
    expect(loadConfig(schema, { ...database, SHUTDOWN_DEADLINE: text }).SHUTDOWN_DEADLINE).toBe(
      milliseconds,
    );
  });

  it.each(['soon', '-1', '1.5s', '5d', '5 s', '251h', '1000h', '900000001', '9'.repeat(400)])(
    'refuses the duration %s',
    (text) => {
      expect(failureOf({ ...database, SHUTDOWN_DEADLINE: text }).message).toContain(
        'SHUTDOWN_DEADLINE: expected a duration such as 25s, 500ms, 2m, or a number of milliseconds, up to 250h',
      );
    },
  );
});

describe('declaring the configuration', () => {
  it('lists the variables with default and description', () => {
    expect(describeConfig(schema)).toMatchObject([
      {
        name: 'DATABASE_URL',
        default: undefined,
        required: true,
        description: 'The Postgres of the application.',
      },
      { name: 'PORT', default: '3000', required: false, description: 'Where the server listens.' },
      {
        name: 'SHUTDOWN_DEADLINE',
        default: '25s',
        required: false,
        description: 'How long a shutdown may take.',
      },
      {
        name: 'LOG_FORMAT',
        default: 'text',
        required: false,
        description: 'How log lines are written.',
      },
      {
        name: 'QUEUE_URL',
        default: 'the value of DATABASE_URL',
        required: false,
        description: 'Where jobs are kept.',
      },
    ]);
  });

  it('knows which values nobody may read, whatever wraps their schema', () => {
    const described = z.object({
      TOKEN: z.string().describe('A token.').meta({ secret: true }).optional(),
      HOST: z.string().describe('A host.').default('localhost'),
    });
    expect(describeConfig(described)).toMatchObject([
      { name: 'TOKEN', isSecret: true },
      { name: 'HOST', isSecret: false },
    ]);
  });

  it('finds a description that stands before the default', () => {
    const described = z.object({ A: z.string().describe('What A is.').default('a') });
    expect(describeConfig(described)).toMatchObject([{ description: 'What A is.', default: 'a' }]);
  });

  it('refuses a variable without a description', () => {
    expect(() => defineConfig(z.object({ PORT: port() }))).toThrow(
      "The variable PORT has no description: add .describe('…') to it.",
    );
  });

  it('refuses a name that is no environment variable', () => {
    expect(() => defineConfig(z.object({ port: port().describe('x') }))).toThrow(
      'The variable "port" is not a name in UPPER_CASE.',
    );
  });
});
