import { FixtureWorkspace } from '../testing/fixture-workspace';
import { imageFiles } from './image-files';

describe('the image of a built application', () => {
  let workspace: FixtureWorkspace;
  beforeEach(() => {
    workspace = new FixtureWorkspace({});
  });
  afterEach(() => {
    workspace.remove();
  });

  const files = () =>
    imageFiles(
      workspace.root,
      { name: 'mailer', root: 'apps/mailer' },
      { port: 3001, portVariable: 'MAILER_PORT' },
    );

  it('runs as a user that is not root, tells its health, and takes nothing that is installed here', () => {
    const { Dockerfile, '.dockerignore': ignored } = files();
    expect(ignored).toContain('node_modules\n');
    expect(Dockerfile).toMatch(/^ARG NODE_IMAGE=node:\d+-slim$/m);
    expect(Dockerfile).toMatch(/^USER \d+:\d+$/m);
    expect(Dockerfile).toMatch(/^EXPOSE 3001$/m);
    expect(Dockerfile).toContain('process.env.MAILER_PORT || 3001');
    // A shell would take the signals.
    expect(Dockerfile).toMatch(/^CMD \[.*\]\n$/m);
  });

  it('is made from a Dockerfile of the application, if it has one', () => {
    workspace.write({ 'apps/mailer/Dockerfile': 'FROM scratch\n' });
    expect(files()).toMatchObject({ Dockerfile: 'FROM scratch\n' });
  });

  it('is installed by the pnpm of the workspace, where it is one of pnpm', () => {
    workspace.write({
      'pnpm-lock.yaml': '',
      'package.json': JSON.stringify({ packageManager: 'pnpm@10.34.9+sha512.abc' }),
    });
    const { Dockerfile } = files();
    expect(Dockerfile).toMatch(/^RUN npm install --global .* pnpm@10\.34\.9$/m);
    expect(Dockerfile).toMatch(/^COPY package\.json pnpm-lock\.yaml /m);
    expect(Dockerfile).toMatch(/^RUN pnpm install --prod --frozen-lockfile$/m);
    expect(Dockerfile).not.toContain('package-lock.json');
  });

  it('needs such a file where packages are installed by neither npm nor pnpm', () => {
    workspace.write({ 'yarn.lock': '' });
    expect(files).toThrow(
      '"mailer" cannot be bundled: "image" is set, and there is no template of a Dockerfile for yarn. ' +
        'Write apps/mailer/Dockerfile, which every build copies, or take "image" out of the options.',
    );
    workspace.write({ 'apps/mailer/Dockerfile': 'FROM scratch\n' });
    expect(files()).toMatchObject({ Dockerfile: 'FROM scratch\n' });
  });
});
