import { reasonOf, textOf } from '../../text/reason-of';
import { ConnectionProblem } from '../connection-problem';

/** OpenSSL's and Node's codes for a certificate whose authority this process does not know. */
const UNTRUSTED = new Set([
  'CERT_CHAIN_TOO_LONG',
  'CERT_REJECTED',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

const OTHER_HOST = new Set(['ERR_TLS_CERT_ALTNAME_INVALID', 'HOSTNAME_MISMATCH']);

const OUT_OF_DATE = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'CERT_REVOKED']);

/** The server requires a certificate of its clients. */
const CLIENT_CERTIFICATE = /CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|SSLV3_ALERT_BAD_CERTIFICATE/;

/**
 * Why a TLS connection is refused by this process or by the server, for good.
 *
 * @param error of the connection; that of a cluster has the one of a node inside
 */
export function tlsProblem(error: unknown): ConnectionProblem | undefined {
  const cause = innermost(error);
  const code = textOf(cause, 'code') ?? '';
  const problem = (what: string, remedy: string) => new ConnectionProblem(what, remedy, { cause });
  if (UNTRUSTED.has(code)) {
    return problem(
      `its certificate is not trusted (${reasonOf(cause)})`,
      'Add ?ssl_ca_certs=… to its URL, or start the process with NODE_EXTRA_CA_CERTS=…: the path of a PEM file with ' +
        'the certificate of its authority.',
    );
  }
  if (OTHER_HOST.has(code)) {
    return problem(
      `its certificate is one for other hosts (${reasonOf(cause).replace(/\.$/, '')})`,
      'Use a host of the certificate in its URL, or give the server a certificate for this one.',
    );
  }
  if (OUT_OF_DATE.has(code)) {
    return problem(
      `its certificate is not valid now (${reasonOf(cause)})`,
      'Renew the certificate of the server, or set the clock of this machine.',
    );
  }
  if (CLIENT_CERTIFICATE.test(code)) {
    return problem(
      `it refuses the TLS connection (${code})`,
      'If it requires certificates of its clients, add ?ssl_certfile=…&ssl_keyfile=… to its URL: paths of PEM files, ' +
        'signed by an authority that the server trusts.',
    );
  }
  return code === 'ERR_SSL_WRONG_VERSION_NUMBER' ? noTls(cause) : undefined;
}

/** `rediss://` to a server that does not speak TLS. */
export function noTls(cause?: unknown): ConnectionProblem {
  return new ConnectionProblem(
    'it does not speak TLS on this port, and its URL says that it does',
    'Begin its URL with redis:// (redis+sentinel://) in place of rediss://, or use its TLS port.',
    { cause },
  );
}

/** `redis://` to a server that speaks TLS only. */
export function onlyTls(cause?: unknown): ConnectionProblem {
  return new ConnectionProblem(
    'it speaks TLS on this port, and its URL does not say so',
    'Begin its URL with rediss:// (rediss+sentinel://) in place of redis://, or use its port without TLS.',
    { cause },
  );
}

/** A cluster reports that all nodes failed, and has the error of the last one. */
function innermost(error: unknown): unknown {
  const inner: unknown =
    typeof error === 'object' && error !== null ? Reflect.get(error, 'lastNodeError') : undefined;
  return inner ?? error;
}
