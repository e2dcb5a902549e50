import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeConfig, documentedVariables, loadConfig } from '@libs/config';
import { apiConfig } from './config';

const root = join(__dirname, '../../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const variables = describeConfig(apiConfig);

describe('the configuration of the api', () => {
  it('is in docs/reference/configuration.md, every variable with its default and description', () => {
    const document = documentedVariables(read('docs/reference/configuration.md'), [
      'Every process',
      'api',
    ]);
    const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);
    expect(document.sort(byName)).toEqual(
      variables
        .map(({ name, default: value, description }) => ({ name, default: value, description }))
        .sort(byName),
    );
  });

  it('is in .env.example, every variable with its default', () => {
    const example = read('.env.example');
    for (const { name, default: value } of variables) {
      expect(example).toMatch(new RegExp(`^# ${name}=`, 'm'));
      // A default that is told in words has no value to write.
      if (value !== undefined && !value.includes(' '))
        expect(example).toContain(`# ${name}=${value}\n`);
    }
  });

  it('needs nothing but a database', () => {
    const config = loadConfig(apiConfig, { DATABASE_URL: 'postgres://localhost/app' });
    expect(config).toMatchObject({ PORT: 3000, DOCS: 'on', IMAGE_MAX_SIZE: 10 * 1_024 * 1_024 });
  });
});
