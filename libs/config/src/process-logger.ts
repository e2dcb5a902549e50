import { ConsoleLogger, type LogLevel } from '@nestjs/common';

const LEVELS = ['error', 'warn', 'log', 'debug', 'verbose'] as const satisfies LogLevel[];

/** Nest's startup lines for each module and route, useful only for debugging. */
const FRAMEWORK = new Set([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
]);

/** Contexts in which Nest logs a failed start, with a stack. `exitWithReason` prints a readable reason. */
const FAILED_START = new Set<unknown>(['ExceptionHandler', 'NestApplication']);

export interface ProcessLoggerOptions {
  LOG_FORMAT: 'text' | 'json';
  LOG_LEVEL: (typeof LEVELS)[number];
}

/** Fields of a line beside its message, such as which job it is about. */
export type LineFields = () => object;

const NO_FIELDS: LineFields = () => ({});

/** Nest's logger, configured from the environment, with the process name in each line. */
export class ProcessLogger extends ConsoleLogger {
  private readonly showsFramework: boolean;

  constructor(
    private readonly processName: string,
    { LOG_FORMAT, LOG_LEVEL }: ProcessLoggerOptions,
    /** Asked for each JSON line; what is undefined is left out. */
    private readonly fields: LineFields = NO_FIELDS,
  ) {
    super({
      prefix: processName,
      json: LOG_FORMAT === 'json',
      logLevels: LEVELS.slice(0, LEVELS.indexOf(LOG_LEVEL) + 1),
      colors: LOG_FORMAT === 'text' && wantsColors(),
    });
    this.showsFramework = LOG_LEVEL === 'debug' || LOG_LEVEL === 'verbose';
  }

  override error(message: unknown, ...rest: unknown[]): void {
    if (!FAILED_START.has(rest.at(-1))) super.error(message, ...(rest as string[]));
  }

  protected override printMessages(
    messages: unknown[],
    context = '',
    level: LogLevel = 'log',
    stream?: 'stdout' | 'stderr',
    stack?: unknown,
  ): void {
    if (level === 'log' && FRAMEWORK.has(context) && !this.showsFramework) return;
    super.printMessages(messages, context, level, stream, stack);
  }

  protected override getJsonLogObject(
    ...parameters: Parameters<ConsoleLogger['getJsonLogObject']>
  ): ReturnType<ConsoleLogger['getJsonLogObject']> {
    // The base class's type allows no further fields; log readers do.
    return Object.assign(
      super.getJsonLogObject(...parameters),
      { process: this.processName },
      this.fields(),
    );
  }

  protected override getTimestamp(): string {
    return new Date().toISOString();
  }
}

/** Colours for a terminal, unless disabled: https://no-color.org */
function wantsColors(): boolean {
  if (process.env['NO_COLOR']) return false;
  return process.stdout.isTTY || Boolean(process.env['FORCE_COLOR']);
}
