import { readArguments } from './arguments';

describe('npm create nx-job-queue', () => {
  it('takes the package manager that runs it, or another one', () => {
    const wanted = { name: 'my-app', packageManager: 'npm', skipGit: false };
    const agent = 'pnpm/11.0.0 npm/? node/v20.20.2 linux x64';
    expect(readArguments(['my-app'])).toEqual(wanted);
    expect(readArguments(['my-app'], agent)).toEqual({ ...wanted, packageManager: 'pnpm' });
    expect(readArguments(['my-app', '--pm=npm', '--skip-git'], agent)).toEqual({
      ...wanted,
      skipGit: true,
    });
  });

  it.each([
    ['no name', [], 'The name of the workspace is missing.'],
    ['two names', ['my', 'app'], 'One name is enough: my app.'],
    ['a path', ['../app'], '"../app" cannot be the name'],
    ['a package manager that is none', ['app', '--pm=pip'], '"pip" is no package manager'],
    ['an option that it does not have', ['app', '--preset=ts'], "Unknown option '--preset'"],
  ])('refuses %s, and says what it takes', (_, args, message) => {
    expect(() => readArguments(args)).toThrow(message);
    expect(() => readArguments(args)).toThrow('npm create nx-job-queue my-app');
  });
});
