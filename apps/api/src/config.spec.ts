import { loadConfig } from '@libs/config';
import { apiConfig } from './config';

describe('the configuration of the api', () => {
  it('needs nothing but a database', () => {
    const config = loadConfig(apiConfig, { DATABASE_URL: 'postgres://localhost/app' });
    expect(config).toMatchObject({ PORT: 3000, DOCS: 'on', IMAGE_MAX_SIZE: 10 * 1_024 * 1_024 });
  });
});
