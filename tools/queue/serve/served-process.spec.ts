import { NoPosixShellError, requirePosixShell } from './served-process';

describe('the shell that serve starts an application through', () => {
  it('is there on a POSIX system', () => {
    expect(requirePosixShell).not.toThrow();
  });

  it('is named, with what to do, where it is missing', () => {
    expect(() => {
      requirePosixShell('/no/such/shell');
    }).toThrow(NoPosixShellError);
    expect(() => {
      requirePosixShell('/no/such/shell');
    }).toThrow(
      /there is no \/no\/such\/shell on this system .* Run it in WSL or in a container\.$/,
    );
  });
});
