import { resolve } from 'node:path';
import { runCommand } from './run-command';

runCommand(process.argv.slice(2), {
  workspaceRoot: resolve(__dirname, '../../..'),
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
