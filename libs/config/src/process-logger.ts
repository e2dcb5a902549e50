import { ConsoleLogger, type LogLevel } from '@nestjs/common';

const LEVELS = ['error', 'warn', 'log', 'debug', 'verbose'] as const satisfies LogLevel[];

/** What Nest logs of each module and route at start: of use to whoever looks for a defect in them. */
const FRAMEWORK = new Set([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
]);

/** Where Nest logs why a start failed, with a stack. `exitWithReason` says it for people. */
const FAILED_START = new Set<unknown>(['ExceptionHandler', 'NestApplication']);

export interface ProcessLoggerOptions {
  LOG_FORMAT: 'text' | 'json';
  LOG_LEVEL: (typeof LEVELS)[number];
}

/** Nest's own logger, with the settings of the environment and the name of the process in each line. */
export class ProcessLogger extends ConsoleLogger {
  private readonly showsFramework: boolean;

  constructor(
    private readonly processName: string,
    { LOG_FORMAT, LOG_LEVEL }: ProcessLoggerOptions,
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
    // The base class's type is closed; whoever reads the line takes any field.
    return Object.assign(super.getJsonLogObject(...parameters), { process: this.processName });
  }

  protected override getTimestamp(): string {
    return new Date().toISOString();
  }
}

/** Colours for a terminal, unless the person wants none: https://no-color.org */
function wantsColors(): boolean {
  if (process.env['NO_COLOR']) return false;
  return process.stdout.isTTY || Boolean(process.env['FORCE_COLOR']);
}
