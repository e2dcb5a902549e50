import { createTestDatabase } from '@libs/testing';
import { connectDataSource } from './connect-data-source';
import { applicationOptions, migrationOptions } from './data-source-options';

describe('the password of a data source', () => {
  it('is asked for by each connection that is opened, also by those for migrations', async () => {
    const database = await createTestDatabase();
    const url = new URL(database.url);
    const { password } = url;
    url.password = '';
    let asked = 0;
    const source = () => {
      asked += 1;
      return Promise.resolve(password);
    };
    const settings = { url: url.href, password: source, applicationName: 'password', poolMax: 2 };
    const dataSource = await connectDataSource(
      applicationOptions({ ...settings, connectDeadline: 0 }),
    );
    await Promise.all([1, 2].map(() => dataSource.query('SELECT pg_sleep(0.1)')));
    expect(asked).toBe(2);
    await dataSource.destroy();

    const migrating = await connectDataSource(migrationOptions(url.href, { password: source }));
    await migrating.query('SELECT 1');
    expect(asked).toBe(3);
    await migrating.destroy();
    await database.drop();
  });
});
