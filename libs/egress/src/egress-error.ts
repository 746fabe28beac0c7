/**
 * Why a destination was refused or a request failed. The union is closed and
 * stable: recognise errors by it, never by the message.
 */
export type EgressErrorCode =
  | 'invalid-url'
  | 'url-too-long'
  | 'scheme-not-allowed'
  | 'user-info-not-allowed'
  | 'port-not-allowed'
  | 'address-not-allowed'
  | 'header-not-allowed'
  | 'host-not-found'
  | 'connection-failed'
  | 'tls-failed'
  | 'proxy-failed'
  | 'deadline-exceeded'
  | 'invalid-response'
  | 'aborted';

/**
 * The texts name no host, address, range or port: they may be shown to the
 * client that registered the URL, and must not tell it what our network holds.
 */
const MESSAGES: Readonly<Record<EgressErrorCode, string>> = Object.freeze({
  'invalid-url': 'The URL is not a valid absolute http(s) URL',
  'url-too-long': 'The URL is longer than 2048 characters',
  'scheme-not-allowed': 'The scheme of the URL is not allowed; use https',
  'user-info-not-allowed': 'The URL must not contain a user name or password',
  'port-not-allowed': 'The port of the URL is not allowed',
  'address-not-allowed': 'The host is not allowed',
  'header-not-allowed': 'A request header has a name or value not allowed',
  'host-not-found': 'The host name could not be resolved',
  'connection-failed': 'The connection failed before a response arrived',
  'tls-failed': 'The TLS connection could not be verified or established',
  'proxy-failed': 'The proxy did not open a connection',
  'deadline-exceeded': 'No response arrived before the deadline',
  'invalid-response': 'The response is not valid HTTP',
  aborted: 'The request was aborted',
});

/**
 * A refused destination or a failed request. The message is the same for every
 * error of a code and safe to show to a client; `cause` holds the underlying
 * error, may name addresses, and is for the operator only.
 */
export class EgressError extends Error {
  override readonly name = 'EgressError';
  readonly code: EgressErrorCode;

  constructor(code: EgressErrorCode, options?: { cause?: unknown }) {
    super(MESSAGES[code], options);
    this.code = code;
  }
}

/**
 * Recognises an {@link EgressError}, also one of another copy of this package
 * (an application may load its ES modules and its CommonJS form together).
 */
export function isEgressError(error: unknown): error is EgressError {
  return (
    error instanceof Error &&
    error.name === 'EgressError' &&
    // Axios gives its own error the name of the cause.
    !('isAxiosError' in error)
  );
}
