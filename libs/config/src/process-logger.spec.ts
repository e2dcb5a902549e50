import { stripVTControlCharacters } from 'node:util';
import { Logger } from '@nestjs/common';
import { ProcessLogger, type ProcessLoggerOptions } from './process-logger';

describe('the log of a process', () => {
  let written: string[];

  beforeEach(() => {
    written = [];
    const write = (text: string | Uint8Array) => written.push(String(text)) > 0;
    jest.spyOn(process.stdout, 'write').mockImplementation(write);
    jest.spyOn(process.stderr, 'write').mockImplementation(write);
  });

  function log(
    options: Partial<ProcessLoggerOptions>,
    use: (logger: Logger) => void,
    context = 'Test',
  ) {
    Logger.overrideLogger(
      new ProcessLogger('api', { LOG_FORMAT: 'text', LOG_LEVEL: 'log', ...options }),
    );
    use(new Logger(context));
    Logger.overrideLogger(['log']);
    // Whether there are colours is for the terminal, or FORCE_COLOR, to say.
    return stripVTControlCharacters(written.join(''));
  }

  it('names the process, the level and the source in each line', () => {
    expect(
      log({}, (logger) => {
        logger.warn('careful');
      }),
    ).toMatch(/^\[api\] \d+ +- \d{4}-\d\d-\d\dT[\d:.]+Z +WARN \[Test\] careful\n$/);
  });

  it('is one JSON object a line if asked to', () => {
    const line = log({ LOG_FORMAT: 'json' }, (logger) => {
      logger.log('one\ntwo');
    });
    expect(JSON.parse(line)).toMatchObject({
      process: 'api',
      level: 'log',
      context: 'Test',
      message: 'one\ntwo',
    });
  });

  it('leaves out what is less important than its level', () => {
    const use = (logger: Logger) => {
      logger.debug('debug');
      logger.log('log');
      logger.warn('warn');
    };
    expect(log({ LOG_LEVEL: 'warn' }, use)).toMatch(/^[^\n]*warn\n$/);
  });

  it('shows what Nest does at start only to those who ask for it', () => {
    const use = (logger: Logger) => {
      logger.log('AppModule dependencies initialized');
    };
    expect(log({}, use, 'InstanceLoader')).toBe('');
    expect(log({ LOG_LEVEL: 'debug' }, use, 'InstanceLoader')).toContain('AppModule');
  });

  it('leaves a failed start to the sentence that the process ends with', () => {
    const use = (logger: Logger) => {
      logger.error(new Error('no database'));
    };
    expect(log({}, use, 'ExceptionHandler')).toBe('');
    expect(log({}, use)).toContain('no database');
  });
});
