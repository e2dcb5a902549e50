import { fromPrisma } from './from-prisma';
import type { TransactionClient } from './transaction-client';

/** As Prisma 7.10.1 throws it; `npx nx run packages:transactions` runs the real one. */
function rawQueryFailed(originalCode: string, originalMessage: string): Error {
  const cause = { originalCode, originalMessage, kind: 'postgres', severity: 'ERROR' };
  const driverAdapterError = { name: 'DriverAdapterError', cause };
  const message = `Raw query failed. Code: \`${originalCode}\`. Message: \`${originalMessage}\``;
  return Object.assign(new Error(message), { code: 'P2010', meta: { driverAdapterError } });
}

async function clientOf(answer: () => Promise<unknown[]>): Promise<TransactionClient> {
  const tx = { $queryRawUnsafe: answer, $executeRawUnsafe: () => answer().then(() => 0) };
  return (await fromPrisma(tx).queryRunner?.connect()) as TransactionClient;
}

describe('a statement in a transaction of Prisma', () => {
  it('has the rows of a query, and none of another statement', async () => {
    const client = await clientOf(() => Promise.resolve([{ answer: 1 }]));
    expect(await client.query('SELECT 1 AS answer')).toMatchObject({ rows: [{ answer: 1 }] });
    expect(await client.query('SAVEPOINT one')).toMatchObject({ rows: [] });
  });

  it('fails with the code and the message of Postgres, and not those of Prisma', async () => {
    const error = rawQueryFailed('42P01', 'relation "job" does not exist');
    const client = await clientOf(() => Promise.reject(error));
    const expected = { code: '42P01', message: 'relation "job" does not exist', cause: error };
    await expect(client.query('SELECT 1')).rejects.toMatchObject(expected);
    await expect(client.query('SAVEPOINT one')).rejects.toMatchObject(expected);
  });

  it('fails as outside of a transaction once that has ended, without asking the database', async () => {
    const closed = Object.assign(new Error('Transaction already closed'), { code: 'P2028' });
    const client = await clientOf(() => Promise.reject(closed));
    await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '25P01', cause: closed });
  });

  it('passes other errors on', async () => {
    const lost = Object.assign(new Error('Server has closed the connection.'), { code: 'P1017' });
    const client = await clientOf(() => Promise.reject(lost));
    await expect(client.query('SELECT 1')).rejects.toBe(lost);
  });
});
