import { runCommand } from '../run-command';

/** The command line for another workspace: `command.fixture.ts <workspace root> up|down|status …`. */
const [workspaceRoot = '', ...args] = process.argv.slice(2);

runCommand(args, {
  workspaceRoot,
  env: process.env,
  print: console.log,
  printError: console.error,
}).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
