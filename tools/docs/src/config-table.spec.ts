import * as z from 'zod';
import { describeConfig, port, processVariables } from '@libs/config';
import { configTable } from './config-table';

test('the table of variables has a row for each, with its default or whether it is required', () => {
  const table = configTable(
    describeConfig(
      z.object({
        PORT: port().prefault('3000').describe('The port.'),
        DATABASE_URL: processVariables.DATABASE_URL.describe('The database.'),
        QUEUE_URL: processVariables.QUEUE_URL.describe('The queues.'),
        TOKEN: z.string().optional().describe('The token.'),
      }),
    ),
  );
  expect(table.split('\n').slice(2)).toEqual([
    '| `PORT` | `3000` | The port. |',
    '| `DATABASE_URL` | required | The database. |',
    '| `QUEUE_URL` | the value of DATABASE_URL | The queues. |',
    '| `TOKEN` |  | The token. |',
  ]);
});
