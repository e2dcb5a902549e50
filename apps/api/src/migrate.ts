import 'reflect-metadata';
import { exitWithReason } from '@libs/config';
import { runMigrateCommand } from './migrate/run-migrate-command';

runMigrateCommand(process.argv.slice(2), process.env).then((output) => {
  console.log(output);
}, exitWithReason);
