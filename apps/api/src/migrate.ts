import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { exitWithReason, ProcessLogger } from '@libs/config';
import { runMigrateCommand } from './migrate/run-migrate-command';

Logger.overrideLogger(new ProcessLogger('migrate', { LOG_FORMAT: 'text', LOG_LEVEL: 'log' }));

runMigrateCommand(process.argv.slice(2), process.env).then((output) => {
  console.log(output);
}, exitWithReason);
