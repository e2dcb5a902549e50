import { isNativeError } from 'node:util/types';
import { UserFacingError } from './user-facing.error';

/** The port that an application is told to listen on is taken, or not allowed to this user. */
export class PortUnavailableError extends UserFacingError {
  constructor(
    /** The port, and the environment variable that chooses it. */
    readonly listening: { port: number; host?: string; variable: string },
    options?: ErrorOptions,
  ) {
    const { port, host, variable } = listening;
    const reason = codeOf(options?.cause);
    super(
      reason === 'EACCES'
        ? `Port ${port} may not be used by this user. Set ${variable} to a port above 1023.`
        : reason === 'EADDRNOTAVAIL'
          ? `The address ${host ?? ''} does not belong to this machine. Set HOST to one that does.`
          : `Port ${port} is already in use. Stop what listens there, or set ${variable} to a free port.`,
      options,
    );
  }

  /** Turns what `listen()` failed with into this error; any other error is returned as it is. */
  static from(error: unknown, listening: PortUnavailableError['listening']): unknown {
    const known = ['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL'].includes(codeOf(error) ?? '');
    return known ? new PortUnavailableError(listening, { cause: error }) : error;
  }
}

function codeOf(error: unknown): string | undefined {
  const code = isNativeError(error) && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
