import * as z from 'zod';
import { configTable, describeConfig, documentedVariables, port, processVariables } from '.';

describe('the table of variables', () => {
  const rows = describeConfig(
    z.object({ PORT: port().prefault('3000').describe('The port.'), ...processVariables }),
  );

  it('is read back as it was written', () => {
    const document = `# Title\n\n## api\n\n${configTable(rows)}\n\n## other\n\n| \`X\` | | no |\n`;
    expect(documentedVariables(document, ['api'])).toEqual(
      rows.map(({ name, default: value, description }) => ({ name, default: value, description })),
    );
  });

  it('is found whatever way it is aligned', () => {
    const document = '## api\n\n| `PORT`   | `3000`   | The port. |\n';
    expect(documentedVariables(document, ['api'])).toEqual([
      { name: 'PORT', default: '3000', description: 'The port.' },
    ]);
  });
});
