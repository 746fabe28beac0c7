/**
 * What went wrong on the way to an agent and back. The union is closed and
 * stable: recognise errors by it, never by the message.
 *
 * | code | meaning |
 * | --- | --- |
 * | `aborted` | the caller's signal fired; `cause` is its reason |
 * | `card-not-trusted` | the card's signatures do not prove where it comes from; `cause` says why |
 * | `card-unavailable` | nothing that is an agent card was found at the URL |
 * | `closed` | the client is closed |
 * | `connection-failed` | no connection, or it broke before the answer was complete |
 * | `event-too-large` | one event of a stream is larger than `maxEventBytes` |
 * | `invalid-response` | what came back is not an answer of the binding |
 * | `no-interface` | agent and client have no binding and version in common |
 * | `not-allowed` | the card names a destination that the policy refuses; no connection was made |
 * | `response-too-large` | the answer is larger than `maxResponseBytes` |
 * | `timeout` | no answer in time |
 */
export type A2AClientErrorCode =
  | 'aborted'
  | 'card-not-trusted'
  | 'card-unavailable'
  | 'closed'
  | 'connection-failed'
  | 'event-too-large'
  | 'invalid-response'
  | 'no-interface'
  | 'not-allowed'
  | 'response-too-large'
  | 'timeout';

/** The facts of an {@link A2AClientError} besides its code. */
export interface A2AClientErrorFacts {
  /** The HTTP status, where there was an answer. */
  status?: number;
  cause?: unknown;
}

const IS_CLIENT_ERROR = Symbol.for('@nest-a2a/client:A2AClientError');

/**
 * A call failed on its way. What the agent itself has to say against a call is
 * an `A2AError` of `@nest-a2a/protocol`.
 */
export class A2AClientError extends Error {
  override readonly name = 'A2AClientError';
  /** The HTTP status, where there was an answer. */
  readonly status: number | undefined;
  /** Tells it across copies of this package, where `instanceof` cannot. */
  readonly [IS_CLIENT_ERROR] = true;

  constructor(
    readonly code: A2AClientErrorCode,
    message: string,
    { status, cause }: A2AClientErrorFacts = {},
  ) {
    super(message, cause === undefined ? {} : { cause });
    this.status = status;
  }
}

/** Whether a value is an {@link A2AClientError}, of this copy of the package or another. */
export function isA2AClientError(value: unknown): value is A2AClientError {
  return value instanceof Error && IS_CLIENT_ERROR in value;
}
