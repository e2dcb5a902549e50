import { isNativeError } from 'node:util/types';
import { UserFacingError } from './coded.error';

/**
 * The port of an application is taken, or this user may not listen on it.
 *
 * To do: stop the process that listens there, or choose another port with the variable in the message.
 *
 * @group Starting a process
 */
export class PortUnavailableError extends UserFacingError {
  readonly code = 'PORT_UNAVAILABLE';

  constructor(
    /** The port, and the environment variable that chooses it. */
    readonly listening: { port: number; host?: string; variable: string },
    options?: ErrorOptions,
  ) {
    const { port, host, variable } = listening;
    const reason = codeOf(options?.cause);
    super(
      reason === 'EACCES'
        ? `This user may not listen on port ${port}. Set ${variable} to a port above 1023.`
        : reason === 'EADDRNOTAVAIL'
          ? `The address ${host ?? ''} does not belong to this machine. Set HOST to one that does.`
          : `Port ${port} is already in use. Stop the process that listens there, or set ${variable} to a free port.`,
      options,
    );
  }

  /** Converts the error of `listen()` into this one; returns any other error unchanged. */
  static from(error: unknown, listening: PortUnavailableError['listening']): unknown {
    const known = ['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL'].includes(codeOf(error) ?? '');
    return known ? new PortUnavailableError(listening, { cause: error }) : error;
  }
}

function codeOf(error: unknown): string | undefined {
  const code = isNativeError(error) && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
