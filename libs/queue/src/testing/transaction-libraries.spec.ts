import { Test, type TestingModule } from '@nestjs/testing';
import pg from 'pg';
import { z } from 'zod';
import { createTestDatabase, type TestDatabase } from '@libs/testing';
import { TransactionRequiredError } from '../connection/transaction.errors';
import { defineJob } from '../contract/define-job';
import { LIBRARIES, type OpenLibrary } from '../producer/testing/transaction-libraries';
import { fromQuery } from '../connection/postgres/from-query';
import { StoreRequiredError } from '../store/store-required.error';
import { QueueModule } from '../testing';

const noteJob = defineJob({ name: 'note', data: z.object({ text: z.string() }) });

describe('in a test without a store, a job in a transaction', () => {
  let database: TestDatabase;
  let module: TestingModule;
  const jobs = QueueModule.forTesting();
  const added = () => jobs.added(noteJob).map(({ data }) => data.text);

  beforeAll(async () => {
    database = await createTestDatabase();
    module = await Test.createTestingModule({
      imports: [jobs, QueueModule.forFeature(noteJob)],
    }).compile();
    await module.init();
    const admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    await admin.query('CREATE TABLE written (text text)');
    await admin.end();
  });

  afterAll(async () => {
    await module.close();
    await database.drop();
  });

  describe.each(Object.entries(LIBRARIES))('of %s', (_name, open) => {
    let library: OpenLibrary;

    beforeEach(() => {
      jobs.clear();
      library = open(database.url);
    });
    afterEach(() => library.close());

    it('is there after the commit, and never after a rollback', async () => {
      const rolledBack = library.transaction(async ({ manager, write }) => {
        await write('undone');
        await jobs.add(noteJob, { text: 'undone' }, { manager });
        throw new Error('no');
      });
      await expect(rolledBack).rejects.toThrow('no');
      await library.transaction(async ({ manager, write, run }) => {
        await write('kept');
        await jobs.add(noteJob, { text: 'kept' }, { manager });
        await run('SAVEPOINT inner_one');
        await jobs.add(noteJob, { text: 'undone too' }, { manager });
        await run('ROLLBACK TO SAVEPOINT inner_one');
        expect(added()).toEqual([]);
      });
      expect(added()).toEqual(['kept']);
    });

    it('is refused if there is none', async () => {
      const adding = jobs.add(noteJob, { text: 'lost' }, { manager: library.outside });
      await expect(adding).rejects.toThrow(TransactionRequiredError);
      expect(added()).toEqual([]);
    });
  });

  it('needs a store if its library does not use pg, as its end cannot be seen', async () => {
    const another = (text: string) =>
      Promise.resolve(text.includes('pg_backend_pid') ? [{ pid: 1, database: 'elsewhere' }] : []);
    const adding = jobs.add(noteJob, { text: 'lost' }, { manager: fromQuery({}, another) });
    await expect(adding).rejects.toThrow(StoreRequiredError);
  });
});
