import { parseArgs } from 'node:util';
import { developmentEnvironment } from './development-environment';
import { down } from './down';
import { exec } from './exec';
import { describeDown, describeStatus, describeUp } from './describe';
import { ServicesError } from './services.error';
import { status } from './status';
import { up } from './up';

const HELP = `Development services of this workspace: Postgres, and a mail catcher.

  npx nx run services:up       start what is not running; returns once it is usable
  npx nx run services:status   what runs where, and until when   (--json)
  npx nx run services:down     stop it                           (--purge: delete the data too)
  tsx tools/services/src/cli.ts environment
                               start what is not running, and print its variables as JSON
  tsx tools/services/src/cli.ts exec -- COMMAND
                               start what is not running, and run a command with those variables

Variables: DATABASE_URL, SMTP_URL  use these, and start none
           SERVICES_IDLE_MINUTES   stop after this many minutes without use (30)`;

const COMMANDS = ['up', 'down', 'status', 'environment', 'help'];

export interface CommandContext {
  workspaceRoot: string;
  env: NodeJS.ProcessEnv;
  print: (line: string) => void;
  printError: (line: string) => void;
}

/** Runs one command line and resolves to its exit code: 0 done, 1 failed, 2 invalid. */
export async function runCommand(args: string[], context: CommandContext): Promise<number> {
  try {
    return await dispatch(args, context);
  } catch (error) {
    if (!(error instanceof ServicesError)) throw error;
    context.printError(error.message);
    return 1;
  }
}

async function dispatch(args: string[], context: CommandContext): Promise<number> {
  const { workspaceRoot, env, print, printError } = context;
  if (args[0] === 'exec' && args[1] === '--' && args.length > 2) {
    await up(workspaceRoot, env);
    return exec(args.slice(2), { ...env, ...developmentEnvironment(workspaceRoot, env) });
  }
  const parsed = parse(args);
  if (typeof parsed === 'string') {
    printError(`${parsed}\n\n${HELP}`);
    return 2;
  }
  const { command, options } = parsed;
  if (options.help || command === 'help') print(HELP);
  else if (command === 'up') print(describeUp(await up(workspaceRoot, env), env, options.json));
  else if (command === 'environment') {
    await up(workspaceRoot, env);
    print(JSON.stringify(developmentEnvironment(workspaceRoot, env)));
  } else if (command === 'down')
    print(describeDown(await down(workspaceRoot, options), options.json));
  else print(describeStatus(await status(workspaceRoot), env, options.json));
  return 0;
}

interface Parsed {
  command: string;
  options: { json: boolean; purge: boolean; help: boolean };
}

/** The parsed command line, or a sentence that explains the mistake. */
function parse(args: string[]): Parsed | string {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        purge: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const [command = 'help', ...rest] = positionals;
    if (!COMMANDS.includes(command)) return `Unknown command "${command}".`;
    if (rest.length > 0) return `Unexpected argument "${rest.join(' ')}".`;
    if (values.purge && command !== 'down')
      return `--purge is an option of "down", not of "${command}".`;
    return { command, options: values };
  } catch (error) {
    return (error as Error).message;
  }
}
